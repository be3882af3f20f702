"""Filters as Sieve. A rule begins with `# rule:[its name]`, as Roundcube and others write it and read it back."""

from collections.abc import Iterator, Sequence

from vaguemestre.webmail.rules.filters import attachment_test
from vaguemestre.webmail.rules.filters.rule import Condition, ConditionField, Operator, Rule
from vaguemestre.webmail.rules.sieve_strings import sieve_comment, sieve_string

HEADERS = {
    ConditionField.FROM: ["From"],
    ConditionField.TO: ["To", "Cc"],
    ConditionField.SUBJECT: ["Subject"],
    ConditionField.LIST: ["List-Id"],
}
ADDRESSES = {ConditionField.FROM, ConditionField.TO}
BIN = "Trash"


def sieve_rules(rules: Sequence[Rule], trash: str = BIN) -> str:
    looked = (
        [attachment_test.LOOK]
        if any(one.field == ConditionField.FILES for rule in rules for one in rule.conditions)
        else []
    )
    return "\n\n".join([*looked, *("\n".join(_rule(rule, trash)) for rule in rules)])


def required_extensions(rules: Sequence[Rule]) -> set[str]:
    """What `require` must name."""
    found = set()
    if any(rule.folder or rule.bins for rule in rules):
        found.add("fileinto")
    if any(rule.copies or rule.forwards for rule in rules):
        found.add("copy")
    asked = {one.field for rule in rules for one in rule.conditions}
    if ConditionField.LABEL in asked or any(rule.reads or rule.stars or rule.labels for rule in rules):
        found.add("imap4flags")
    if ConditionField.FILES in asked:
        found |= attachment_test.NEEDED
    return found


def _rule(rule: Rule, trash: str) -> Iterator[str]:
    yield sieve_comment(f"rule:[{rule.name.replace(']', ')').replace('[', '(')}]")
    tests = [_test(one) for one in rule.conditions]
    yield f"if {'anyof' if rule.any_of else 'allof'} ({(',' + chr(10) + ' ' * 9).join(tests)}) {{"
    flags = [*(["\\Seen"] if rule.reads else []), *(["\\Flagged"] if rule.stars else []), *rule.labels]
    if flags:
        yield f"  addflag [{', '.join(sieve_string(flag) for flag in flags)}];"
    if rule.forwards:
        yield f"  redirect :copy {sieve_string(rule.forwards)};"
    if rule.bins:
        yield f"  fileinto {sieve_string(trash)};"
    elif rule.folder:
        yield f"  fileinto {':copy ' if rule.copies else ''}{sieve_string(rule.path)};"
    if rule.stops:
        yield "  stop;"
    yield "}"


def _test(one: Condition) -> str:
    if one.field == ConditionField.SIZE:
        return f"size :{'over' if one.how == Operator.OVER else 'under'} {one.kilobytes}K"
    if one.field == ConditionField.FILES:
        return attachment_test.TEST if one.how == Operator.SOME else f"not {attachment_test.TEST}"
    if one.field == ConditionField.LABEL:
        test = f"hasflag :is {sieve_string(one.value)}"
        return test if one.how == Operator.WORN else f"not {test}"
    names = f"[{', '.join(sieve_string(name) for name in HEADERS[one.field])}]"
    if one.how == Operator.IS:
        return f"{'address' if one.field in ADDRESSES else 'header'} :is {names} {sieve_string(one.value)}"
    test = f"header :contains {names} {sieve_string(one.value)}"
    return test if one.how == Operator.CONTAINS else f"not {test}"
