"""ImportCertificate, and what describes, lists, tags and deletes certificates."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api_server import REGION, ApiServer
from pki import a_certificate, a_key, an_rsa_key, key_pem, pem
from refusals import refused
from roadstead.acm.records.certificate import CERTIFICATES

KEY = a_key()
LEAF = a_certificate(KEY, "web.example.com", "*.example.com", "localhost")
ROOT_KEY, BETWEEN_KEY = a_key(), a_key()
ROOT = a_certificate(ROOT_KEY, "root", is_authority=True)
BETWEEN = a_certificate(BETWEEN_KEY, "between", issuer=(ROOT, ROOT_KEY), is_authority=True)
CHAINED = a_certificate(KEY, "web.example.com", issuer=(BETWEEN, BETWEEN_KEY))
LONG_AGO = datetime.now(UTC) - timedelta(days=400)


@pytest.fixture
def acm(server: ApiServer) -> Any:
    """A client that sends what the model forbids."""
    return server.client("acm", parameter_validation=False)


def imported(acm: Any, **fields: Any) -> str:
    """Its ARN."""
    request = {"Certificate": pem(LEAF), "PrivateKey": key_pem(KEY)} | fields
    return str(acm.import_certificate(**request)["CertificateArn"])


def test_a_certificate_is_described_whole_and_without_its_key(acm: Any) -> None:
    arn = imported(acm, Tags=[{"Key": "team", "Value": "web"}])
    assert arn.startswith(f"arn:aws:acm:{REGION}:123456789012:certificate/")
    detail = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    for name in ("CreatedAt", "ImportedAt", "NotBefore", "NotAfter", "Serial"):
        assert detail.pop(name)
    assert detail == {
        "CertificateArn": arn,
        "DomainName": "web.example.com",
        "SubjectAlternativeNames": ["web.example.com", "*.example.com"],
        "Subject": "CN=web.example.com,O=Tests",
        "Issuer": "Tests",
        "Status": "ISSUED",
        "KeyAlgorithm": "EC_prime256v1",
        "SignatureAlgorithm": "SHA256WITHECDSA",
        "InUseBy": [],
        "Type": "IMPORTED",
        "KeyUsages": [{"Name": "ANY"}],
        "ExtendedKeyUsages": [
            {"Name": "TLS_WEB_SERVER_AUTHENTICATION", "OID": "1.3.6.1.5.5.7.3.1"}
        ],
        "RenewalEligibility": "INELIGIBLE",
        "Options": {"CertificateTransparencyLoggingPreference": "DISABLED"},
    }
    assert acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == [
        {"Key": "team", "Value": "web"}
    ]


def test_certificate_and_chain_come_back_and_the_key_never(acm: Any, server: ApiServer) -> None:
    arn = imported(
        acm, Certificate=pem(CHAINED), CertificateChain=pem(BETWEEN, ROOT).replace(b"\n", b"\r\n")
    )
    answer = acm.get_certificate(CertificateArn=arn)
    assert answer["Certificate"].encode() == pem(CHAINED)
    assert answer["CertificateChain"].encode() == pem(BETWEEN, ROOT)
    secret = key_pem(KEY).decode().splitlines()[1]
    answers = [
        answer,
        acm.describe_certificate(CertificateArn=arn),
        acm.list_certificates(Includes={"keyTypes": ["EC_prime256v1"]}),
    ]
    assert secret not in str(answers)
    record = server.on_loop(lambda: server.plane.store.view.must(CERTIFICATES, arn))
    assert secret in record.private_key_pem
    assert secret not in f"{record!r} {record} {[record]}"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"Certificate": b"nonsense"}, "The certificate is not"),
        ({"Certificate": pem(LEAF)[:-40]}, "The certificate is not"),
        ({"Certificate": pem(LEAF) + b"trailing"}, "nothing else"),
        ({"Certificate": pem(LEAF, ROOT)}, "contains more than one certificate"),
        ({"PrivateKey": b"nonsense"}, "The private key is not a valid key"),
        ({"PrivateKey": key_pem(KEY, "secret")}, "is encrypted"),
        ({"PrivateKey": key_pem(a_key())}, "does not match"),
        ({"PrivateKey": key_pem(an_rsa_key())}, "does not match"),
        ({"CertificateChain": b"nonsense"}, "The certificate chain is not"),
        ({"CertificateChain": pem(BETWEEN)}, "Could not validate the certificate with"),
        (
            {"Certificate": pem(CHAINED), "CertificateChain": pem(ROOT, BETWEEN)},
            "certificate 1 has not issued",
        ),
        ({"Certificate": pem(a_certificate(KEY, "a.b", begins=LONG_AGO))}, "has expired"),
        (
            {
                "Certificate": pem(
                    a_certificate(KEY, "a.b", begins=datetime.now(UTC) + timedelta(9))
                )
            },
            "is not valid before",
        ),
    ],
)
def test_what_does_not_belong_together_is_refused(
    acm: Any, fields: dict[str, bytes], text: str
) -> None:
    request = {"Certificate": pem(LEAF), "PrivateKey": key_pem(KEY)} | fields
    code, message = refused(acm.import_certificate, **request)
    assert code == "ValidationException"
    assert text in message
    assert "PRIVATE KEY" not in message
    assert acm.list_certificates()["CertificateSummaryList"] == []


def test_a_certificate_is_renewed_under_its_arn(acm: Any) -> None:
    arn = imported(acm, Tags=[{"Key": "a", "Value": "1"}])
    other = a_key()
    renewed = a_certificate(other, "new.example.com")
    assert (
        imported(acm, CertificateArn=arn, Certificate=pem(renewed), PrivateKey=key_pem(other))
        == arn
    )
    detail = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    assert detail["DomainName"] == "new.example.com"
    assert acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == [{"Key": "a", "Value": "1"}]
    missing = arn[:-1] + ("0" if arn[-1] != "0" else "1")
    request = {"Certificate": pem(LEAF), "PrivateKey": key_pem(KEY), "CertificateArn": missing}
    assert refused(acm.import_certificate, **request)[0] == "ResourceNotFoundException"


def test_only_rsa_keys_are_listed_unless_others_are_asked_for(acm: Any) -> None:
    elliptic = imported(acm)
    key = an_rsa_key()
    of_rsa = imported(acm, Certificate=pem(a_certificate(key, "a.b")), PrivateKey=key_pem(key))

    def listed(**fields: Any) -> list[str]:
        found = acm.list_certificates(**fields)["CertificateSummaryList"]
        return [each["CertificateArn"] for each in found]

    assert listed() == [of_rsa]
    assert listed(Includes={"keyTypes": ["EC_prime256v1"]}) == [elliptic]
    both = {"keyTypes": ["EC_prime256v1", "RSA_2048"]}
    assert set(listed(Includes=both)) == {elliptic, of_rsa}
    assert listed(Includes=both, CertificateStatuses=["EXPIRED"]) == []
    assert listed(Includes=both, SortBy="CREATED_AT", SortOrder="ASCENDING") == [elliptic, of_rsa]
    pages = acm.get_paginator("list_certificates").paginate(
        Includes=both, PaginationConfig={"PageSize": 1}
    )
    assert [len(page["CertificateSummaryList"]) for page in pages] == [1, 1]
    assert refused(acm.list_certificates, SortBy="CREATED_AT")[0] == "InvalidArgsException"
    assert refused(acm.list_certificates, NextToken="nonsense")[0] == "InvalidArgsException"


def test_a_certificate_expires(acm: Any, server: ApiServer) -> None:
    arn = imported(acm)
    server.advance(40 * 86_400)
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "EXPIRED"


def test_tags_are_added_and_removed(acm: Any) -> None:
    arn = imported(acm)
    assert acm.list_tags_for_certificate(CertificateArn=arn).get("Tags", []) == []
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    acm.add_tags_to_certificate(CertificateArn=arn, Tags=tags)
    acm.remove_tags_from_certificate(
        CertificateArn=arn, Tags=[{"Key": "a", "Value": "other"}, {"Key": "b"}]
    )
    assert acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == tags[:1]
    for wrong, code in (
        ([{"Key": "c"}, {"Key": "c"}], "InvalidTagException"),
        ([{"Key": "aws:c"}], "InvalidTagException"),
        ([{"Key": f"k{number}"} for number in range(50)], "TooManyTagsException"),
    ):
        assert refused(acm.add_tags_to_certificate, CertificateArn=arn, Tags=wrong)[0] == code


def test_a_deleted_certificate_is_gone(acm: Any) -> None:
    arn = imported(acm)
    acm.delete_certificate(CertificateArn=arn)
    for operation in (acm.delete_certificate, acm.describe_certificate, acm.get_certificate):
        assert refused(operation, CertificateArn=arn)[0] == "ResourceNotFoundException"
    elsewhere = arn.replace(REGION, "eu-west-1")
    assert refused(acm.describe_certificate, CertificateArn=elsewhere)[0] == "InvalidArnException"
