"""What every card says about the Regional Skills Partnership: its facts, in our own words.

The facts are those of the customer's card (launch, pledges, planned activities, contact); they
belong to the partnership and not to the mobility, so they are the same on every card.
"""

from domain.facts import Fact

CONTACT = "communication@earlall.eu"


class Passage(Fact):
    """A heading with what stands under it."""

    heading: str
    text: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


PARTNERSHIP = (
    Passage(
        heading="What it is",
        text=(
            (
                "The Pact for Skills is a flagship of the European Commission within the European "
                "Education Area. It backs partnerships in which organisations of many kinds work "
                "side by side so that people of working age in their region can gain new skills "
                "or build on those they have."
            ),
            (
                "EARLALL, the network of regional and local authorities for lifelong learning, "
                "belongs to the Pact. On 17 September 2024 its Working Group on Mobility became "
                "home to a partnership of this kind, devoted to lifelong learning mobility."
            ),
        ),
    ),
    Passage(
        heading="What it commits to",
        text=(
            (
                "The partners want more people to learn abroad: in vocational education and "
                "training, in apprenticeships, in adult education and in informal learning, and "
                "above all people with fewer opportunities. In line with Europe on the Move they "
                "aim for 20% of VET learners on a mobility by 2030, and for 20% of all mobilities "
                "to go to people with fewer opportunities."
            ),
            (
                "To get there they tie regions together in these fields, follow and evaluate the "
                "exchanges that come of it, build up vocational and apprenticeship mobility with "
                "regional and local authorities, and invite others to join. Lifelong learning "
                "should become a habit."
            ),
        ),
    ),
    Passage(
        heading="Six planned activities",
        points=(
            (
                "Show one another mobilities that worked, first of all those that reached people "
                "with fewer opportunities."
            ),
            (
                "Settle what “fewer opportunities” means and how the people it describes can best "
                "take part."
            ),
            "Keep track of mobilities on offer and under way among the partners.",
            (
                "Give shape to the idea of promoters of lifelong learning mobility, people and "
                "institutions alike, and let their network grow."
            ),
            (
                "Open the mobility matchmaking tool to new users: for well-made matches, for "
                "student mobility, and for job shadowing by regional and local staff."
            ),
            (
                "Bring partners together, once or regularly, to find each other and prepare joint "
                "mobility projects."
            ),
        ),
    ),
    Passage(
        heading="Next steps",
        text=(
            (
                "The Working Group on Mobility decides in its meetings what comes next. Every "
                "meeting is meant to present good practice and to give newcomers a chance to get "
                "to know the partners. The EARLALL secretariat helps to plan, runs the meetings "
                "and puts new members in touch."
            ),
        ),
    ),
)
SUPPORT_HEADING = "Give your support"
SUPPORT = (
    "Would your organisation like to join? Write to the address below. Supporters may have their "
    "logo shown where EARLALL reports officially on the partnership."
)
