"""From the click on "Écrire" to the sheet, and to the editor in it, in a real Chromium.

    python -m bench.composing DATA [--rounds 15]

DATA is the folder of a running demo. Medians: the click to the sheet, where one may write; to the painted editor;
an answer to a formatted letter of 20 KB, to its editor. The first round fetches the editor's script, the others have
it. Then what autosave costs: the time that a save of 20 KB of HTML takes. Browser and servers share the two cores.
"""

import argparse
import json
import os
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from bench import browser
from bench.browser import FOLDERS, _filled
from vaguemestre.mailbox.testing.chromium import CHROMIUM

SHEET = "document.querySelector('.composer textarea, .composer .editor-text')"
EDITOR = "document.querySelector('.composer .editor-text')"
SAVE = """async () => {
  const form = document.querySelector('.composer-form');
  const body = new FormData(form);
  body.set('pause', '1');
  body.set('html', '<div>Une ligne de texte ordinaire.</div>'.repeat(500));
  const began = performance.now();
  await fetch(form.action, { method: 'POST', body, headers: { 'HX-Request': 'true' } });
  return performance.now() - began;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    os.environ.update(VAGUEMESTRE_DATA=str(options.data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    import django

    django.setup()
    endpoints = json.loads((options.data / "endpoints.json").read_text())
    person = next(account for account in endpoints["accounts"] if account["role"] == "teacher")
    _key, folders = _filled(person["identifier"])
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = chromium.new_context(locale="fr-FR", ignore_https_errors=True).new_page()
        page.goto(f"{endpoints['web']}/webmail/")
        page.get_by_label("Identifiant").fill(person["identifier"])
        page.get_by_label("Mot de passe ou code OTP").fill(person["password"])
        page.get_by_role("button", name="Valider").click()
        page.wait_for_selector("#lignes .row")
        first = _clicked(page, "a[href='/webmail/ecrire/']", EDITOR)
        sheets = [_clicked(page, "a[href='/webmail/ecrire/']", SHEET) for _round in range(options.rounds)]
        editors = [_clicked(page, "a[href='/webmail/ecrire/']", EDITOR) for _round in range(options.rounds)]
        page.goto(f"{endpoints['web']}/webmail/dossiers/{folders[FOLDERS[0]]}/")
        page.locator(".row-link").first.click()
        page.wait_for_selector(".reply a")
        answers = [_clicked(page, ".reply a[href$='/reponse/']", EDITOR) for _round in range(options.rounds)]
        saves = [float(page.evaluate(SAVE)) for _round in range(options.rounds)]
        chromium.close()
    print(f"editor, the first time  {first:6.0f} ms")
    for title, times in (("sheet", sheets), ("editor", editors), ("answer, editor", answers), ("save of 20 KB", saves)):
        print(f"{title:22}  {median(times):6.0f} ms  ({min(times):.0f} to {max(times):.0f})")


def _clicked(page: Page, selector: str, state: str) -> float:
    """The sheet of the round before is thrown away first, so that it cannot be taken for the new one."""
    page.evaluate("document.querySelector('#ecrire').replaceChildren()")
    return browser._clicked(page, selector, state)


if __name__ == "__main__":
    main()
