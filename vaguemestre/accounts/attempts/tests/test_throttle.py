"""Guessing slows down; a stranger cannot lock a colleague out, and a name that does not exist is slowed alike."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.attempts import throttle
from vaguemestre.accounts.attempts.throttle import CountedAttempt, network_of
from vaguemestre.accounts.models import Account, Failure, SignIn
from vaguemestre.accounts.testing import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("traces_apart")]
NOW = datetime(2026, 9, 15, 8, tzinfo=timezone.get_default_timezone())
HOME, SCHOOL, ELSEWHERE = "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"


def fail(attempt: CountedAttempt, times: int, now: datetime = NOW, *, tries: str = "") -> None:
    for number in range(times):
        throttle.count_failure(attempt, f"guess {tries} {number}", now=now)


def wait(attempt: CountedAttempt, now: datetime = NOW) -> timedelta | None:
    return throttle.throttle_state(attempt).wait(now)


def held(attempt: CountedAttempt, now: datetime = NOW) -> bool:
    return throttle.throttle_state(attempt).held(now)


def at(
    network: str, account: Account | None = None, name: str = "jmartin", device: str | None = None,
    *, mail: bool = False,
) -> CountedAttempt:  # fmt: skip
    return CountedAttempt(name=name, account=account, network=network, device=device, reads_pictures=not mail)


def test_four_failures_are_free_then_the_delay_grows() -> None:
    fail(at(HOME), 4)
    assert wait(at(HOME)) is None
    delays = []
    for number in range(7):
        fail(at(HOME), 1, tries=str(number))
        delays.append(wait(at(HOME)))
    assert [delay and delay.total_seconds() // 60 for delay in delays] == [1, 2, 4, 8, 120, 120, 120]


def test_no_more_than_25_tries_a_day_from_one_source() -> None:
    """CNIL 2022-100, case 2. A patient robot that tries whenever it may."""
    tries, now = 0, NOW
    while now < NOW + timedelta(hours=24):
        if pause := wait(at(HOME), now):
            now += pause
            continue
        fail(at(HOME), 1, now, tries=str(tries))
        tries += 1
    assert 10 < tries <= 25


def test_a_name_that_does_not_exist_is_slowed_in_the_same_way() -> None:
    account = make_account("Jean", "Martin")
    for attempt in (at(HOME, account), at(HOME, name="nobody")):
        fail(attempt, 5)
        assert wait(attempt) == timedelta(minutes=1)


def test_another_network_is_not_slowed_by_the_first() -> None:
    account = make_account("Jean", "Martin")
    fail(at(ELSEWHERE, account), 10)
    assert wait(at(ELSEWHERE, account))
    assert wait(at(HOME, account)) is None


def test_a_colleague_of_the_same_school_is_not_slowed() -> None:
    fail(at(SCHOOL, name="jmartin"), 12)
    assert wait(at(SCHOOL, name="kbelkacem")) is None


def test_a_known_browser_has_its_own_counter() -> None:
    account = make_account("Jean", "Martin")
    fail(at(SCHOOL, account), 12)
    assert wait(at(SCHOOL, account)) is not None
    assert wait(at(SCHOOL, account, device="d1")) is None
    fail(at(SCHOOL, account, device="d1"), 5)
    assert wait(at(SCHOOL, account, device="d1")) == timedelta(minutes=1)


def attacked_from_everywhere(account: Account) -> None:
    for number in range(5):
        fail(at(f"203.0.{number}.0/24", account), 4, tries=str(number))


def test_an_attack_from_many_networks_stops_new_networks_only() -> None:
    account = make_account("Jean", "Martin")
    SignIn.objects.create(at=NOW - timedelta(days=3), account=account, channel="web", result="good", network=HOME)
    attacked_from_everywhere(account)
    assert held(at(ELSEWHERE, account))
    assert not held(at(HOME, account))
    assert not held(at(ELSEWHERE, account, device="d1"))
    assert not held(at(ELSEWHERE, account), NOW + throttle.EVERYWHERE.delay)
    assert throttle.throttle_state(at(ELSEWHERE, account)).wait_of_owner(NOW) == throttle.EVERYWHERE.delay


def test_what_is_held_by_the_account_never_shows() -> None:
    account = make_account("Jean", "Martin")
    attacked_from_everywhere(account)
    assert wait(at(ELSEWHERE, account)) is None
    assert not throttle.throttle_state(at(ELSEWHERE, account)).wants_human(NOW)


def test_one_network_leaves_the_owner_a_way_in_by_another() -> None:
    """A day of hammering under every spelling, by a robot that tries whenever it may."""
    account, hammered = make_account("Jean", "Martin"), list[bool]()
    for minute in range(0, 24 * 60, 5):
        now = NOW + timedelta(minutes=minute)
        for name in ("jmartin", "jeanmartin"):
            hammered.append(throttle.take_slot(at(ELSEWHERE, account, name), f"{name} {minute}", now=now).held)
        assert not held(at(HOME, account), now)
    fail(at(HOME, account), 3, now)
    assert not held(at(HOME, account), now)
    assert any(hammered)


def test_a_flood_from_a_school_holds_only_strange_mail_programs() -> None:
    account, newcomer = make_account("Jean", "Martin"), make_account("Lili", "Hocquet")
    SignIn.objects.create(at=NOW - timedelta(days=3), account=account, channel="imap", result="good", network=SCHOOL)
    for number in range(throttle.FLOOD.limit):
        fail(at(SCHOOL, name=f"name{number}"), 1)
    assert held(at(SCHOOL, newcomer, "lhocquet", mail=True))
    assert not held(at(SCHOOL, account, mail=True))
    assert not held(at(HOME, newcomer, "lhocquet", mail=True))


def test_a_flood_asks_everybody_of_that_school_for_a_picture_and_refuses_nobody() -> None:
    """But known browsers: an existing colleague who were not asked there would be told from a name that is nobody's."""
    account = make_account("Jean", "Martin")
    SignIn.objects.create(at=NOW - timedelta(days=3), account=account, channel="web", result="good", network=SCHOOL)
    for number in range(throttle.FLOOD.limit):
        fail(at(SCHOOL, name=f"name{number}"), 1)
    for attempt in (at(SCHOOL, account), at(SCHOOL, name="nobody")):
        standing = throttle.throttle_state(attempt)
        assert (standing.wait(NOW), standing.held(NOW), standing.wants_human(NOW)) == (None, False, True)
    assert not throttle.throttle_state(at(SCHOOL, account, device="d1")).wants_human(NOW)
    assert not throttle.throttle_state(at(HOME, name="nobody")).wants_human(NOW)


@pytest.mark.parametrize("pace", [1.0, 1.9])
def test_a_network_forgets_as_time_passes(pace: float) -> None:
    """The return to school: many mistakes all morning long, but not a flood."""
    many, now = throttle.FLOOD.limit + 20, NOW
    for number in range(many):
        fail(at(SCHOOL, name=f"name{number}"), 1, now)
        now += throttle.FLOOD.leak * pace
    assert not held(at(SCHOOL, name="somebody", mail=True), now)


def test_a_faster_pace_is_a_flood() -> None:
    now = NOW
    for number in range(2 * throttle.FLOOD.limit):
        fail(at(SCHOOL, name=f"name{number}"), 1, now)
        now += throttle.FLOOD.leak * 0.4
    assert held(at(SCHOOL, name="somebody", mail=True), now)


def test_no_more_than_25_tries_a_day_on_one_account_from_all_networks() -> None:
    """A robot with as many networks as it likes, of which none is known."""
    account, tries = make_account("Jean", "Martin"), 0
    for minute in range(0, 24 * 60, 5):
        now = NOW + timedelta(minutes=minute)
        attempt = at(f"10.0.{minute % 256}.{minute // 256}/24", account)
        slot = throttle.take_slot(attempt, f"guess {minute}", now=now)
        tries += not (slot.wait or slot.held)
    assert 12 < tries <= 25


def test_the_same_wrong_password_again_is_one_try() -> None:
    """A mail program that kept the old password asks every minute, all night."""
    for minute in range(60):
        throttle.count_failure(at(HOME), "the old one", now=NOW + timedelta(minutes=minute))
    assert wait(at(HOME), NOW + timedelta(hours=1)) is None


def test_a_good_sign_in_forgives_its_source() -> None:
    account = make_account("Jean", "Martin")
    fail(at(HOME, account), 2)
    fail(at(HOME, account, "jeanmartin"), 2)
    throttle.take_slot(at(HOME, account), "the right one", now=NOW).good()
    fail(at(HOME, account), 4, tries="again")
    fail(at(HOME, account, "jeanmartin"), 4, tries="again")
    assert wait(at(HOME, account)) is None
    assert wait(at(HOME, account, "jeanmartin")) is None


def test_a_good_sign_in_forgives_nobody_elses_counter() -> None:
    """Two of one initial and family name, at one school."""
    jean, julie = make_account("Jean", "Martin"), make_account("Julie", "Martin")
    fail(at(SCHOOL, julie, "juliemartin"), 6)
    assert wait(at(SCHOOL, jean, "jeanmartin")) is None
    fail(at(SCHOOL, jean, "jeanmartin"), 3)
    throttle.take_slot(at(SCHOOL, jean, "jeanmartin"), "the right one", now=NOW).good()
    assert wait(at(SCHOOL, julie, "juliemartin")) == timedelta(minutes=2)


def test_a_try_that_is_given_back_leaves_everything_as_it_was() -> None:
    account = make_account("Jean", "Martin")
    fail(at(HOME, account), 5)
    later = NOW + timedelta(minutes=1)
    before = facts()
    throttle.take_slot(at(HOME, account), "right, and a code is owed", now=later).give_back()
    assert facts() == before


def test_given_back_behind_others_it_is_one_less() -> None:
    account = make_account("Jean", "Martin")
    slot = throttle.take_slot(at(HOME, account), "the right one", now=NOW)
    fail(at(HOME, account), 2)
    slot.give_back()
    assert {count for count, _until in facts().values()} == {2}


def facts() -> dict[str, tuple[int, datetime | None]]:
    return {failure.subject: (failure.count, failure.blocked_until) for failure in Failure.objects.all()}


def test_a_day_without_failures_is_forgotten() -> None:
    fail(at(HOME), 9)
    later = NOW + throttle.FORGOTTEN_AFTER
    fail(at(HOME), 1, later, tries="later")
    assert wait(at(HOME), later) is None


def test_one_query_to_ask(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        throttle.throttle_state(at(HOME)).wait(NOW)


def test_no_typed_name_is_stored() -> None:
    fail(at(HOME, name="monmotdepasse"), 1)
    assert not any("monmotdepasse" in failure.subject for failure in Failure.objects.all())


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:22ff::9", "2001:db8:1:2200::/56"),
        (None, ""),
        ("", ""),
    ],
)
def test_networks(address: str | None, network: str) -> None:
    assert network_of(address) == network
