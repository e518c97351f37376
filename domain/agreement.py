"""The document that sending organisation, receiving organisation and every participant sign."""

from datetime import date

from domain.errors import AlreadyDone, StaleVersion, WrongRole
from domain.facts import Fact, PersonId, State


class Signature(Fact):
    """That somebody signed, and exactly what: the hash of the document they saw."""

    signatory: PersonId
    document: str
    on: date


class Agreement(State):
    """One version of the agreement and the signatures under it."""

    version: int = 0
    document: str = ""
    signatories: tuple[PersonId, ...] = ()
    signatures: tuple[Signature, ...] = ()
    in_force_on: date | None = None

    @property
    def awaited(self) -> list[PersonId]:
        """Who has not signed yet."""
        signed = [signature.signatory for signature in self.signatures]
        return [person for person in self.signatories if person not in signed]

    def check_may_sign(self, person: PersonId, document: str) -> None:
        """Only a signatory signs, once, and only the document that is on the table.

        Raises:
            WrongRole: when this person is not asked to sign.
            AlreadyDone: when the signature stands already.
            StaleVersion: when another document was read than the one to be signed.
        """
        if person not in self.signatories:
            raise WrongRole("You are not asked to sign this agreement.")
        if person not in self.awaited:
            raise AlreadyDone("You have signed this agreement already.")
        if document != self.document:
            raise StaleVersion(
                "The document you read is not the one on the table: read version "
                f"{self.version} first."
            )
