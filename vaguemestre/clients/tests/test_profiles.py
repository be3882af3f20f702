"""What is handed over in a file or a picture: readable by others' tools, and never with a password."""

import json
import plistlib
import subprocess
from pathlib import Path

from django.conf import LazySettings, settings
from django.test import Client

from vaguemestre.accounts.testing import sign_in
from vaguemestre.clients import android
from vaguemestre.testing import Cast, data_folder

PROFILE = "/bv/logiciels/apple/profil/"


def verified(signed: bytes, folder: Path) -> bytes:
    """OpenSSL's own judgement: signed by the service's key, whose certificate our authority vouches for."""
    (folder / "signed").write_bytes(signed)
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-in", str(folder / "signed"), "-purpose", "any"]
    return subprocess.run([*command, "-CAfile", settings.MAIL["ca"]], check=True, capture_output=True).stdout


def test_the_profile_is_signed_and_one_s_own(client: Client, cast: Cast, tmp_path: Path) -> None:
    sign_in(client, cast.teacher)
    answer = client.get(PROFILE)
    assert answer["Content-Type"] == "application/x-apple-aspen-config"
    assert answer["Content-Disposition"].endswith('.mobileconfig"')
    assert "no-store" in answer["Cache-Control"]
    profile = plistlib.loads(verified(answer.content, tmp_path))
    assert (profile["PayloadType"], profile["PayloadVersion"]) == ("Configuration", 1)
    [mail] = profile["PayloadContent"]
    assert mail["PayloadType"] == "com.apple.mail.managed"
    assert mail["EmailAddress"] == mail["IncomingMailServerUsername"] == cast.teacher.address
    told = (mail["IncomingMailServerHostName"], mail["IncomingMailServerPortNumber"], mail["IncomingMailServerUseSSL"])
    assert told == (*settings.MAIL["imaps"], True)
    told = (mail["OutgoingMailServerHostName"], mail["OutgoingMailServerPortNumber"], mail["OutgoingMailServerUseSSL"])
    assert told == (*settings.MAIL["smtps"], True)
    assert not [name for name in mail if name.endswith("Password") and isinstance(mail[name], str)]
    again = plistlib.loads(verified(client.get(PROFILE).content, tmp_path))
    assert again == profile  # installed again, it takes the place of the former one
    sign_in(client, cast.head)
    other = plistlib.loads(verified(client.get(PROFILE).content, tmp_path))
    assert other["PayloadUUID"] != profile["PayloadUUID"]


def test_a_stranger_gets_none_and_one_that_cannot_be_signed_says_so(
    client: Client, cast: Cast, settings: LazySettings
) -> None:
    assert client.get(PROFILE).status_code == 302
    sign_in(client, cast.teacher)
    settings.TLS = {**settings.TLS, "key": data_folder() / "tls" / "nowhere.key"}
    answer = client.get(PROFILE)
    assert answer.status_code == 503
    assert "ne peut pas être signé" in answer.content.decode()


def test_the_picture_for_android_is_in_its_documented_format(cast: Cast) -> None:
    (imap, imap_port), (smtp, smtp_port) = settings.MAIL["imaps"], settings.MAIL["smtps"]
    address = cast.teacher.address
    assert json.loads(android.import_text(cast.teacher)) == [
        1, [1, 1], [0, imap, imap_port, 3, 1, address],
        [[[0, smtp, smtp_port, 3, 1, address], [address, cast.teacher.display_name]]],
    ]  # fmt: skip
