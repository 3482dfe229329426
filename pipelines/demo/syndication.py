"""One agency story about a competitor, printed by sixty outlets with tiny edits over two days."""

from datetime import timedelta

from pipelines.demo.posts import ZONE, Post, PostMaker
from pipelines.demo.rhythm import moment

STORY_BRAND = "tavorel"
STORY_COPIES = 60
STORY_DAYS = (15, 16)
_TITLE = "Tavorel to open eight repair workshops"
_TOWNS = ("Larkmoor", "Saltby", "Brindle Cross", "Fernholt", "Oxley Quay", "Tamber Hill", "Westrow", "Merefield")
_PAPERS = ("gazette", "courier", "observer", "chronicle", "echo", "mercury", "post", "argus")
_BODY = (
    "The coffee machine maker Tavorel will open eight repair workshops before the end of the year, the company {said}.",
    "Customers can bring machines of any age, and a first check is free of charge.",
    "The plan creates about ninety jobs, {half} of them apprenticeships.",
    "Tavorel has sold machines since 1987 and employs 1,400 people.",
    "A spokesperson said that repair now costs less than replacement in {most} cases.",
)


def story_posts(maker: PostMaker) -> list[Post]:
    """Return sixty copies of one article: distinct addresses and outlets, one to three small edits each."""
    rng = maker.rng
    copies = []
    for index in range(STORY_COPIES):
        town, paper = rng.choice(_TOWNS), _PAPERS[index % len(_PAPERS)]
        outlet = maker.people.newcomer("news", "en")
        text = " ".join(_BODY).format(
            said=rng.choice(("said on Tuesday", "said on Tuesday", "said", "told reporters")),
            half=rng.choice(("half", "half", "around half")),
            most=rng.choice(("most", "most", "almost all")),
        )
        if rng.random() < 0.4:
            text = f"{town.upper()} - {text}"
        text += f" Read more in the {town} {paper.capitalize()}, edition {index + 1}."
        title = _TITLE if rng.random() < 0.7 else f"{_TITLE}, {paper.capitalize()} reports"
        at = moment(rng, maker.first + timedelta(days=STORY_DAYS[index % 4 == 3]), ZONE)
        copies.append(
            maker.make(
                kind="story_copy", intent="news", platform="news", author=outlet, at=at, text=text,
                brands=(STORY_BRAND,), title=title, exports=("meltwater",) if index % 3 else ("brandwatch",),
            )
        )  # fmt: skip
    return copies
