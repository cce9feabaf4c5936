"""Makes docs/vectors/seal-*.json with none of the crate's code: an independent reading of CRYPTO sections 6, 7 and 9 over
plain integers, hashlib and the Ed25519 of Python's `cryptography` (OpenSSL).

Run from the repository's root: python3 crates/keys/tests/make_seal_vectors.py
First it reproduces docs/vectors/seal-reference.txt, which was made when the seal was designed.
The files are golden: a change of what it writes is a change of a stored format.
"""
import base64, hashlib, hmac, json, struct
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from ristretto255 import BASE, ELL, IDENTITY, P, add, decode, encode, from_uniform, mul


def lp(x):
    x = x.encode() if isinstance(x, str) else x
    return struct.pack(">I", len(x)) + x


def T(label, *parts):
    return lp("waarborg/" + label) + b"".join(lp(p) for p in parts)


def Hs(label, *parts):
    return int.from_bytes(hashlib.sha512(T(label, *parts)).digest(), "little") % ELL


def u16(n):
    return struct.pack(">H", n)


def u32(n):
    return struct.pack(">I", n)


def le(n):
    return (n % ELL).to_bytes(32, "little")


def hkdf(salt, ikm, info, length):
    prk = hmac.new(salt, ikm, hashlib.sha256).digest()
    out, block, i = b"", b"", 1
    while len(out) < length:
        block = hmac.new(prk, block + info + bytes([i]), hashlib.sha256).digest()
        out, i = out + block, i + 1
    return out[:length]


def flip(data, at, bit=0):
    out = bytearray(data)
    out[at] ^= 1 << bit
    return bytes(out)


def value(polynomial, i):
    return sum(a * i**e for e, a in enumerate(polynomial)) % ELL


def seal(v, label_name="seal/v1/label"):
    """The record of a case, and everything on the way to it."""
    pk = encode(mul(v["polynomial"][0], BASE))
    gbar = from_uniform(hashlib.sha512(T("seal/v1/gbar", pk)).digest())
    label = T(label_name, v["line"], v["epoch"], pk, bytes([v["kind"]]), u32(v["day"]), v["node"], u32(v["seq"]), v["part"])
    r, s = v["r"], v["s"]
    e, ebar, w, wbar = (encode(mul(a, b)) for a, b in [(r, BASE), (r, gbar), (s, BASE), (s, gbar)])
    c = Hs("seal/v1/ct", pk, label, e, w, ebar, wbar)
    z = encode(mul(r * v["polynomial"][0], BASE))
    okm = hkdf(b"waarborg/seal/v1", z, T("seal/v1/key", pk, e, ebar, label), 64)
    f = le(s + r * c)
    record = b"\x01" + bytes([v["kind"]]) + v["part"] + e + ebar + le(c) + f + okm[32:]
    return dict(pk=pk, gbar=encode(gbar), label=label, e=e, ebar=ebar, c=le(c), f=f, z=z, key=okm[:32], commit=okm[32:],
                record=record)


def partial(v, made, i, w, generation):
    x = value(v["polynomial"], i)
    e = decode(made["e"])
    vi, u, a, d = encode(mul(x, BASE)), encode(mul(x, e)), encode(mul(w, e)), encode(mul(w, BASE))
    c = Hs("seal/v1/part", made["pk"], v["request"], made["label"], u16(i), u32(generation), made["e"], made["ebar"], vi, u, a, d)
    return vi, u16(i) + u32(generation) + u + le(c) + le(w + x * c)


def combine(parts):
    out = IDENTITY
    for i, u in parts.items():
        above = below = 1
        for j in parts:
            if j != i:
                above, below = above * j % ELL, below * (j - i) % ELL
        out = add(out, mul(above * pow(below, ELL - 2, ELL), decode(u)))
    return encode(out)


def hexed(v):
    if isinstance(v, bytes):
        return v.hex()
    if isinstance(v, dict):
        return {k: hexed(x) for k, x in v.items()}
    return [hexed(x) for x in v] if isinstance(v, list) else v


def reference():
    want = dict(line.split() for line in open("docs/vectors/seal-reference.txt"))
    t = lambda name: Hs("test", name)
    v = dict(polynomial=[t("a0"), t("a1")], line=b"\1" * 32, epoch=b"\2" * 16, kind=1, day=0x512B, node=b"\3" * 16, seq=7,
             part=b"\4" * 16, r=t("r"), s=t("s"), request=b"\5" * 32)
    made = seal(v)
    v2, two = partial(v, made, 2, t("w"), 0)
    got = dict(PK=made["pk"], Gbar=made["gbar"], label=made["label"], E=made["e"], Ebar=made["ebar"], c=made["c"], f=made["f"],
               Z=made["z"], K=made["key"], commit=made["commit"], V2=v2, U2=two[6:38], c2=two[38:70], f2=two[70:])
    for name, data in got.items():
        assert want.pop(name) == data.hex(), name
    assert not want


def records():
    cases = []
    kinds = [(1, b"\xff" * 16), (2, bytes(15) + b"\xc8"), (3, bytes(16)), (5, b"\7" * 16), (6, bytes(16))]
    numbers = [(2, 2, 0), (2, 3, 0), (3, 5, 1), (4, 7, 4294967295), (2, 32, 2)]
    for at, ((kind, part), (k, n, generation)) in enumerate(zip(kinds, numbers)):
        t = lambda name: Hs("test", f"{name} of case {at}")
        h = lambda name, length: hashlib.sha256(f"{name} of case {at}".encode()).digest()[:length]
        v = dict(polynomial=[t(f"a{e}") for e in range(k)], line=h("line", 32), epoch=h("epoch", 16), kind=kind, part=part,
                 day=20779 + at, node=h("node", 16), seq=[0, 1, 7, 65536, 4294967295][at], r=t("r"), s=t("s"), request=h("request", 32))
        made = seal(v)
        chosen = list(range(n - k + 1, n + 1))
        verifying = [encode(mul(value(v["polynomial"], i), BASE)) for i in range(1, n + 1)]
        partials, points = [], {}
        for i in chosen:
            w = t(f"w{i}")
            _, data = partial(v, made, i, w, generation)
            partials.append({"officer": i, "share": le(value(v["polynomial"], i)), "w": le(w), "partial": data})
            points[i] = data[6:38]
        assert combine(points) == made["z"]
        other = seal({**v, "seq": v["seq"] ^ 1})
        swapped = partial(v, other, chosen[0], t("w"), generation)[1]
        one = partials[0]["partial"]
        record = made["record"]
        order = ELL.to_bytes(32, "little")
        bad_field = next(x for x in range(P, P + 19) if x % 2 == 0).to_bytes(32, "little")
        at_field = lambda data, where, field: data[:where] + field + data[where + 32:]
        refused = [
            {"why": "one bit off in the version", "record": flip(record, 0)},
            {"why": "an unknown kind", "record": record[:1] + b"\4" + record[2:]},
            {"why": "another part", "record": flip(record, 17)},
            {"why": "one bit off in c", "record": flip(record, 18 + 64)},
            {"why": "one bit off in f", "record": flip(record, 18 + 96)},
            {"why": "E of another record", "record": at_field(record, 18, other["e"] if other["e"] != made["e"] else made["ebar"])},
            {"why": "Ē exchanged with E", "record": record[:18] + made["ebar"] + made["e"] + record[82:]},
            {"why": "E is the identity", "record": at_field(record, 18, bytes(32))},
            {"why": "Ē is the identity", "record": at_field(record, 50, bytes(32))},
            {"why": "E is not canonical", "record": at_field(record, 18, bad_field)},
            {"why": "c is the order", "record": at_field(record, 82, order)},
            {"why": "f is the order", "record": at_field(record, 114, order)},
            {"why": "cut short", "record": record[:-1]},
            {"why": "one byte more", "record": record + b"\0"},
            {"why": "another label constant", "record": seal(v, "seal/v1/key")["record"]},
            {"why": "another day", "day": v["day"] + 1},
            {"why": "another node", "node": bytes(16)},
            {"why": "another number", "seq": v["seq"] ^ 1},
            {"why": "another epoch", "epoch": bytes(16)},
            {"why": "another line", "line": bytes(32)},
        ]
        refused_partials = [
            {"why": "another officer's number", "partial": u16(chosen[1]) + one[2:]},
            {"why": "no such officer", "partial": u16(n + 1) + one[2:]},
            {"why": "officer 0", "partial": u16(0) + one[2:]},
            {"why": "another generation", "partial": one[:2] + u32(generation ^ 1) + one[6:]},
            {"why": "of another label", "partial": swapped},
            {"why": "the point of another officer", "partial": one[:6] + partials[1]["partial"][6:38] + one[38:]},
            {"why": "the point is the identity", "partial": at_field(one, 6, bytes(32))},
            {"why": "the point is not canonical", "partial": at_field(one, 6, bad_field)},
            {"why": "one bit off in c", "partial": flip(one, 38)},
            {"why": "one bit off in f", "partial": flip(one, 70)},
            {"why": "c is the order", "partial": at_field(one, 38, order)},
            {"why": "cut short", "partial": one[:-1]},
            {"why": "another request", "request": bytes(32)},
        ]
        numbers_of = dict(line=v["line"], epoch=v["epoch"], kind=kind, part=part, day=v["day"], node=v["node"], seq=v["seq"],
                          request=v["request"], r=le(v["r"]), s=le(v["s"]), k=k, n=n, generation=generation)
        cases.append(hexed({**numbers_of, **made, "verifying": verifying, "partials": partials, "refused": refused,
                            "refused_partials": refused_partials}))
    write("record", "key records, partial results and their combination (docs/formats/key-record.md)", {"cases": cases})


def digits(hashed):
    text = f"{int.from_bytes(hashed[:16], 'big') % 10**30:030}"
    return " ".join(text[i:i + 5] for i in range(0, 30, 5))


def bech32(prefix, data):
    """BIP 173, as age writes recipients."""
    alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = "".join(f"{b:08b}" for b in data)
    bits += "0" * (-len(bits) % 5)
    symbols = [int(bits[i:i + 5], 2) for i in range(0, len(bits), 5)]
    c = 1
    for v in [ord(x) >> 5 for x in prefix] + [0] + [ord(x) & 31 for x in prefix] + symbols + [0] * 6:
        b = c >> 25
        c = (c & 0x1FFFFFF) << 5 ^ v
        for i, g in enumerate([0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3]):
            c ^= g if (b >> i) & 1 else 0
    symbols += [((c ^ 1) >> 5 * (5 - i)) & 31 for i in range(6)]
    return prefix + "1" + "".join(alphabet[x] for x in symbols)


def raw(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def message(keys, session, kind, number, sender, to, body):
    signed = T("mailbox/v1", session, kind, bytes([number]), u16(sender), u16(to), hashlib.sha256(body).digest())
    b64 = lambda data: base64.b64encode(data).decode()
    return compact({"v": 1, "session": session.hex(), "kind": kind, "round": number, "from": sender, "to": to, "body": b64(body),
                    "sig": b64(keys[sender].sign(signed))})


def officers():
    h = lambda name: hashlib.sha256(name.encode()).digest()
    k, n, names = 2, 3, {1: "A. de Vrijer", 2: "Zoë", 3: "C"}
    keys = {i: Ed25519PrivateKey.from_private_bytes(h(f"sign {i}")) for i in names}
    recipients = {i: bech32("age", raw(X25519PrivateKey.from_private_bytes(h(f"age {i}")))) for i in names}
    fingerprints = {i: digits(hashlib.sha256(T("officer/v1/id", names[i], raw(keys[i]), recipients[i])).digest()) for i in names}
    ceremony = h("ceremony").hex()
    epochs = [{"id": h(f"epoch {e}")[:16].hex(), "first_day": 20780 + 31 * e, "last_day": 20810 + 31 * e} for e in range(2)]
    roster = compact({"v": 1, "organisation": "Voorbeeld Hosting", "line": ceremony, "k": k, "n": n, "officers": [
        {"i": i, "name": names[i], "sign_pk": raw(keys[i]).hex(), "recipient": recipients[i]} for i in names],
        "epochs": epochs, "ceremony": ceremony, "previous": None})
    session = hashlib.sha256(T("roster/v1", roster)).digest()
    groups = []
    for epoch in epochs:
        polynomial = [Hs("test", f"{epoch['id']} {e}") for e in range(k)]
        groups.append({"id": epoch["id"], "pk": encode(mul(polynomial[0], BASE)).hex(),
                       "shares": [{"i": i, "v": encode(mul(value(polynomial, i), BASE)).hex()} for i in names]})
    document = compact({"v": 1, "roster": roster, "r1": h("r1").hex(), "generation": 0, "epochs": groups})
    hashed = hashlib.sha256(document.encode()).digest()
    signatures = [{"key": raw(key).hex(), "sig": key.sign(T("group/v1", hashed)).hex()} for key in keys.values()]
    wrong = [{"key": raw(key).hex(), "sig": key.sign(T("roster/v1", hashed)).hex()} for key in keys.values()]
    signed = lambda list_of: compact({"document": document, "signatures": list_of})
    request = compact({"scope": [], "reason": "test"})
    h_request = hashlib.sha256(T("release/v1/request", request)).digest()
    root = h("root")
    approval = lambda i, label="release/v1/approve": compact({"v": 1, "officer": i, "request": h_request.hex(), "root": root.hex(),
        "sig": keys[2].sign(T(label, h_request, root, u16(i))).hex()})
    good = message(keys, session, "group", 3, 2, 0, b"body")
    write("officers", "rosters, messages, group documents and approvals (docs/formats/officers.md)", {
        "roster": roster, "session": session.hex(), "session_digits": digits(session), "fingerprints": list(fingerprints.values()),
        "messages": [good, message(keys, session, "dkg", 1, 1, 0, b""), message(keys, session, "refresh", 2, 3, 1, bytes(range(256))),
                     message(keys, session, "partials", 1, 3, 0, b"x")],
        "refused_messages": [
            {"why": "another body", "message": good.replace(base64.b64encode(b"body").decode(), base64.b64encode(b"Body").decode())},
            {"why": "another sender", "message": good.replace('"from":2', '"from":1')},
            {"why": "no such sender", "message": good.replace('"from":2', '"from":4')},
            {"why": "another recipient", "message": good.replace('"to":0', '"to":1')},
            {"why": "another kind", "message": good.replace('"group"', '"dkg"')},
            {"why": "another round", "message": good.replace('"round":3', '"round":1')},
            {"why": "another session", "message": message(keys, bytes(32), "group", 3, 2, 0, b"body")},
            {"why": "another version", "message": good.replace('"v":1', '"v":2')},
            {"why": "a field twice", "message": good.replace('"to":0', '"to":0,"to":0')},
            {"why": "a field more", "message": good.replace('"to":0', '"to":0,"x":0')},
        ],
        "document": signed(signatures), "document_hash": hashed.hex(),
        "refused_documents": [
            {"why": "one signature missing", "document": signed(signatures[1:])},
            {"why": "another label", "document": signed(wrong)},
            {"why": "signatures exchanged", "document": signed([{"key": a["key"], "sig": b["sig"]} for a, b in zip(signatures, signatures[1:] + signatures[:1])])},
            {"why": "another document", "document": signed(signatures).replace('generation\\":0', 'generation\\":1')},
        ],
        "request": request, "request_hash": h_request.hex(), "approval": approval(2),
        "refused_approvals": [
            {"why": "another officer", "approval": approval(1)},
            {"why": "another label", "approval": approval(2, "release/v1/request")},
            {"why": "another root", "approval": approval(2).replace(root.hex(), "00" * 32)},
        ],
    })


def write(name, what, body):
    with open(f"docs/vectors/seal-{name}.json", "w") as f:
        json.dump({"what": what, **body}, f, indent=1, ensure_ascii=False)
        f.write("\n")


if __name__ == "__main__":
    reference()
    records()
    officers()
