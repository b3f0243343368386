import re

from hypothesis import example, given
from hypothesis import strategies as st

from hub.web.access.secrets_shown import bearer, digest, fresh_code, fresh_id, fresh_secret, fresh_token, page_token

TOKEN = fresh_token()


def test_secrets_are_chance_and_fit_where_they_are_shown() -> None:
    made = [make() for make in (fresh_secret, fresh_token, fresh_id, fresh_code) for _ in range(50)]
    assert len(set(made)) == len(made)
    assert re.fullmatch(r"hearth_[A-Za-z0-9_-]{43}", TOKEN)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", fresh_secret())
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}", fresh_code())


def test_a_page_token_says_nothing_about_the_secret() -> None:
    secret = fresh_secret()
    assert page_token(secret) == page_token(secret)
    assert len({secret, digest(secret), page_token(secret), digest(page_token(secret))}) == 4


@given(st.lists(st.one_of(st.text(max_size=80), st.just(f"Bearer {TOKEN}"), st.just(TOKEN)), max_size=3))
@example([f"Bearer {TOKEN}"])
@example([f"Bearer {TOKEN}\n"])
@example([f"Bearer {TOKEN}", f"Bearer {TOKEN}"])
@example(["Bearer \ud800"])
def test_only_one_whole_bearer_token_is_one(values: list[str]) -> None:
    shown = bearer(values)
    assert shown == "" or values == [f"Bearer {shown}"]
    assert re.fullmatch(r"([A-Za-z0-9_-]{20,200})?", shown)
    if values == [f"Bearer {TOKEN}"]:
        assert shown == TOKEN
    digest(shown)
