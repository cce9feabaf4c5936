"""Makes docs/vectors/keys-*.json with none of this crate's code: an independent reading of CRYPTO sections 1
to 3 over the Python package `cryptography` (OpenSSL's AES-256-GCM-SIV) and plain integers.

Run from the repository's root: python3 crates/keys/tests/make_vectors.py
The files are golden: a change of what it writes is a change of a stored format.
"""
import hashlib, hmac, json, struct
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

ELL = 2**252 + 27742317777372353535851937790883648493


def lp(x):
    x = x.encode() if isinstance(x, str) else x
    return struct.pack(">I", len(x)) + x


def T(*parts):
    return b"".join(lp(p) for p in parts)


def u32(n):
    return struct.pack(">I", n)


def hkdf(ikm, info):
    prk = hmac.new(b"\0" * 32, ikm, hashlib.sha256).digest()
    return hmac.new(prk, info + b"\x01", hashlib.sha256).digest()


def fixed(name, n):
    return hashlib.sha512(name.encode()).digest()[:n]


def flip(data, at, bit=0):
    out = bytearray(data)
    out[at] ^= 1 << bit
    return bytes(out)


def write(name, what, body):
    with open(f"docs/vectors/keys-{name}.json", "w") as f:
        json.dump({"what": what, **body}, f, indent=1, ensure_ascii=False)
        f.write("\n")


def envelope(v, label="waarborg/field/v1"):
    row = v["row"] + (u32(v["revision"]) if v["revision"] is not None else b"")
    aad = T(label, b"\x01\x01", v["table"], v["column"], row, v["subject"], v["purpose"], v["key_id"])
    sealed = AESGCMSIV(v["key"]).encrypt(v["nonce"], v["value"].encode(), aad)
    return aad, b"\x01\x01" + v["key_id"] + v["nonce"] + sealed


def hexed(v):
    return {k: x.hex() if isinstance(x, bytes) else x for k, x in v.items()}


def envelopes():
    cases = []
    for i, (value, revision, purpose) in enumerate(
        [("", None, "account"), ("a@example.org", None, "account"), ("Zoë de Vrijer", 0, "support"),
         ("x" * 1000, 4294967295, "rights"), ("secret", 7, "security")]
    ):
        v = dict(key=fixed(f"key{i}", 32), key_id=fixed(f"id{i}", 16), subject=fixed(f"subject{i}", 16),
                 table="customer", column="email", row=fixed(f"row{i}", 16), revision=revision,
                 purpose=purpose, nonce=fixed(f"nonce{i}", 12), value=value)
        aad, sealed = envelope(v)
        case = hexed(v) | {"associated_data": aad.hex(), "envelope": sealed.hex()}
        other = bytes(16)
        _, wrong_label = envelope(v, "waarborg/key/v1/wrap")
        case["refused"] = [
            {"why": "one bit off in the version", "envelope": flip(sealed, 0).hex()},
            {"why": "one bit off in the suite", "envelope": flip(sealed, 1).hex()},
            {"why": "one bit off in the key id", "envelope": flip(sealed, 2).hex()},
            {"why": "one bit off in the nonce", "envelope": flip(sealed, 18).hex()},
            {"why": "one bit off in the tag", "envelope": flip(sealed, len(sealed) - 1, 7).hex()},
            {"why": "one bit off before the tag", "envelope": flip(sealed, len(sealed) - 17, 3).hex()},
            {"why": "cut short", "envelope": sealed[:-1].hex()},
            {"why": "one byte more", "envelope": (sealed + b"\0").hex()},
            {"why": "another label", "envelope": wrong_label.hex()},
            {"why": "another table", "table": "login"},
            {"why": "another column", "column": "name"},
            {"why": "another row", "row": other.hex()},
            {"why": "another subject", "subject": other.hex()},
            {"why": "another revision", "revision": 8},
            {"why": "table and column run together", "table": "customere", "column": "mail"},
            {"why": "another key under the same id", "key": fixed("another", 32).hex()},
        ]
        if revision is not None:
            case["refused"].append({"why": "no revision", "revision": None})
        case["other_purpose"] = "account" if purpose != "account" else "support"
        cases.append(case)
    write("envelope", "field envelopes (docs/formats/envelope.md)", {"cases": cases})


def wrap(key, aad, secret, nonce):
    return b"\x01\x01" + nonce + AESGCMSIV(key).encrypt(nonce, secret, aad)


def epochs():
    cases = []
    for i, n in enumerate([1, 2, 999999, 4294967295]):
        root, secret, nonce = fixed(f"root{i}", 32), fixed(f"epoch{i}", 32), fixed(f"enonce{i}", 12)
        info = T("waarborg/epoch/v1/root-wrap", u32(n))
        file = wrap(hkdf(root, info), info, secret, nonce)
        wrong = T("waarborg/epoch/v1/wrap", u32(n))
        cases.append({
            "root": root.hex(), "epoch": n, "epoch_key": secret.hex(), "nonce": nonce.hex(),
            "info": info.hex(), "file": file.hex(),
            "wrap_key": hkdf(secret, T("waarborg/epoch/v1/wrap")).hex(),
            "refused": [
                {"why": "one bit off", "file": flip(file, 20).hex()},
                {"why": "another version", "file": flip(file, 0, 1).hex()},
                {"why": "another suite", "file": flip(file, 1, 1).hex()},
                {"why": "another label", "file": wrap(hkdf(root, wrong), wrong, secret, nonce).hex()},
                {"why": "another epoch", "epoch": n - 1},
                {"why": "another root", "root": fixed("other root", 32).hex()},
                {"why": "cut short", "file": file[:-1].hex()},
            ],
        })
    root_file = "waarborg root key 1\n" + fixed("root0", 32).hex() + "\n"
    write("epoch", "epoch key files and the root key file (docs/formats/epoch-key.md)",
          {"cases": cases, "root_file": root_file})


def rows():
    cases = []
    for i, purpose in enumerate(["account", "ledger", "security"]):
        ek, n = fixed(f"ek{i}", 32), 41 + i
        key_id, subject, secret = fixed(f"kid{i}", 16), fixed(f"ksub{i}", 16), fixed(f"dk{i}", 32)
        nonce = fixed(f"knonce{i}", 12)
        aad = T("waarborg/key/v1/wrap", key_id, subject, purpose, u32(n))
        w = hkdf(ek, T("waarborg/epoch/v1/wrap"))
        wrapped = wrap(w, aad, secret, nonce)
        wrong = T("waarborg/field/v1", key_id, subject, purpose, u32(n))
        cases.append({
            "epoch_key": ek.hex(), "epoch": n, "key_id": key_id.hex(), "subject": subject.hex(),
            "purpose": purpose, "data_key": secret.hex(), "nonce": nonce.hex(),
            "associated_data": aad.hex(), "wrapped": wrapped.hex(),
            "refused": [
                {"why": "one bit off", "wrapped": flip(wrapped, 30, 5).hex()},
                {"why": "another version", "wrapped": flip(wrapped, 0).hex()},
                {"why": "another suite", "wrapped": flip(wrapped, 1).hex()},
                {"why": "another label", "wrapped": wrap(w, wrong, secret, nonce).hex()},
                {"why": "another key id", "key_id": bytes(16).hex()},
                {"why": "another subject", "subject": bytes(16).hex()},
                {"why": "another purpose", "purpose": "rights"},
                {"why": "another epoch key", "epoch_key": fixed("other ek", 32).hex()},
                {"why": "one byte more", "wrapped": (wrapped + b"\0").hex()},
            ],
        })
    write("key-row", "wrapped data keys (docs/formats/key-row.md)", {"cases": cases})


def index():
    cases = []
    for i, (table, column, value) in enumerate([
        ("login", "email", "a@example.org"), ("login", "email", "info@xn--bcher-kva.example"),
        ("customer", "email", "a@example.org"), ("logi", "nemail", "a@example.org"), ("login", "email", ""),
    ]):
        ek = fixed("index epoch", 32)
        x = hkdf(ek, T("waarborg/epoch/v1/index", table, column))
        cases.append({"epoch_key": ek.hex(), "table": table, "column": column, "value": value,
                      "index": hmac.new(x, value.encode(), hashlib.sha256).digest()[:16].hex()})
    norm = [
        ["A@Example.ORG", "a@example.org"], [" a@example.org\n", "a@example.org"],
        ["Info@Bücher.example", "info@xn--bcher-kva.example"],
        ["info@BÜCHER.example", "info@xn--bcher-kva.example"],
        ["info@Bu\u0308cher.example", "info@xn--bcher-kva.example"],
        ["Jose\u0301@example.org", "josé@example.org"], ["JOSÉ@example.org", "josé@example.org"],
        ["a.b+c@sub.example.org", "a.b+c@sub.example.org"],
        ["a@xn--bcher-kva.example", "a@xn--bcher-kva.example"], ["a@localhost", "a@localhost"],
        ["x@faß.example", "x@xn--fa-hia.example"],
    ]
    refused = ["", "a", "@example.org", "a@", "a b@example.org", "a@b@example.org", "a@example..org",
               "a@example.org.", "a@exa mple.org", "a@-x.example", "a\u0000@example.org"]
    write("blind-index", "blind index and the normal form of e-mail addresses (docs/formats/key-row.md)",
          {"cases": cases, "normal_forms": norm, "refused": refused})


ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def check(symbols):
    c = 1
    for v in list(symbols) + [0] * 6:
        b = c >> 25
        c = (c & 0x1FFFFFF) << 5 ^ v
        for i, g in enumerate([0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3]):
            c ^= g if (b >> i) & 1 else 0
    c ^= 0x2BC830A3
    return [(c >> 5 * (5 - i)) & 31 for i in range(6)]


def symbols(data):
    bits = "".join(f"{b:08b}" for b in data) + "00"
    return [int(bits[i:i + 5], 2) for i in range(0, 130, 5)]


def paper():
    cases = []
    for c, (k, n) in enumerate([(2, 3), (3, 5), (5, 5)]):
        root, group = fixed(f"paper{c}", 32), fixed(f"set{c}", 12)
        sheets = []
        halves = []
        for h in range(2):
            a = [int.from_bytes(root[16 * h:16 * h + 16], "little")]
            a += [int.from_bytes(fixed(f"coefficient{c}{h}{j}", 64), "little") % ELL for j in range(1, k)]
            halves.append(a)
        for i in range(1, n + 1):
            ys = [sum(x * i**e for e, x in enumerate(a)) % ELL for a in halves]
            lines = [b"\x01" + group + bytes([k, n, i])]
            for y in ys:
                b = y.to_bytes(32, "little")
                lines += [b[:16], b[16:]]
            head = symbols(lines[0])
            text = f"# waarborg root key, sheet {i} of {n}; any {k} give the key\n# set {group.hex()}\n"
            for at, line in enumerate(lines):
                s = symbols(line)
                covered = [at + 1] + head + (s if at else [])
                letters = "".join(ALPHABET[x] for x in s + check(covered))
                text += f"{at + 1}: " + " ".join(letters[g:g + 4] for g in range(0, 32, 4)) + "\n"
            sheets.append(text)
        cases.append({"root": root.hex(), "k": k, "n": n, "sheets": sheets})
    write("paper-share", "paper shares of a root key (docs/formats/paper-share.md)", {"cases": cases})


def destroyed():
    entries = []
    text = "waarborg destroyed keys 1\n"
    for i, epoch in enumerate([1, 2, 4294967295]):
        key_id = fixed(f"dead{i}", 16).hex()
        digits = f"{key_id}{epoch:08x}"
        letters = "".join(ALPHABET[x] for x in check([int(d, 16) for d in digits]))
        text += f"{key_id} {epoch:08x} {letters}\n"
        entries.append({"key_id": key_id, "epoch": epoch})
    lines = text.splitlines(keepends=True)
    refused = [
        {"why": "another version", "file": text.replace("keys 1", "keys 2")},
        {"why": "one digit off", "file": text.replace(lines[1][:6], "000000", 1)},
        {"why": "upper case", "file": lines[0] + lines[1].upper()},
        {"why": "two fields swapped", "file": lines[0] + lines[1][33:41] + " " + lines[1][:32] + lines[1][41:]},
    ]
    write("destroyed-list", "the list of destroyed keys (docs/formats/destroyed-list.md)",
          {"entries": entries, "file": text, "refused": refused})


envelopes(), epochs(), rows(), index(), paper(), destroyed()
