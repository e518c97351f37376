"""Who takes part, as they were kept and as they are kept now."""

from domain.people import Language, Person

KEPT_EARLIER = (
    '{"id":"boras-coordinator","name":"Åsa","email":"asa@boras.example",'
    '"organisation":"boras-wld","profile":"","roles":["sending coordinator"]}'
)


def test_person_kept_before_languages_were_asked_for_reads_english() -> None:
    assert Person.model_validate_json(KEPT_EARLIER).language is Language.ENGLISH
