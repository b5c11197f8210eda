import Testing
import Trust
import Values

struct JWSTests {
    /// RFC 8037 appendix A.4.
    @Test func ed25519Example() throws {
        let key = try SigningKey(jwk: [
            "kty": "OKP", "crv": "Ed25519", "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        ])
        let token =
            "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
            + "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        let verified = try JWS.verify(token) { _ in key.verifyingKey }
        #expect(verified.payload == "Example of Ed25519 signing".bytes)
        let content = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc".bytes
        #expect(token.hasSuffix(Base64.encodeURL(try key.signature(over: content))))
    }

    /// RFC 7515 appendix A.3.
    @Test func es256Example() throws {
        let key = try VerifyingKey(jwk: [
            "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        ])
        let token =
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
            + "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
        let verified = try JWS.verify(token) { _ in key }
        #expect(try JSON.parse(verified.payload)["iss"] == "joe")
        #expect(verified.keyID == nil)
    }

    @Test func signedTokensVerify() throws {
        for algorithm in SignatureAlgorithm.allCases {
            let key = SigningKey.generate(algorithm)
            let token = try JWS.sign("{}".bytes, by: key, type: "at+jwt", header: ["alg": "none", "nonce": "n"])
            let verified = try JWS.verify(token, type: "application/AT+JWT") { $0 == key.keyID ? key.verifyingKey : nil }
            #expect(verified.payload == "{}".bytes)
            #expect(verified.header["nonce"] == "n")
            #expect(throws: JWSError.type("at+jwt")) { try JWS.verify(token, type: "logout+jwt") { _ in key.verifyingKey } }
            #expect(throws: JWSError.unknownKey(key.keyID)) { try JWS.verify(token) { _ in nil } }
        }
    }

    @Test func algorithmsAreNotConfused() throws {
        let (ed25519, p256) = (SigningKey.generate(), SigningKey.generate(.ecdsaP256))
        let token = try JWS.sign([1], by: ed25519)
        #expect(throws: JWSError.algorithm("EdDSA")) { try JWS.verify(token) { _ in p256.verifyingKey } }
        for name in ["none", "None", "HS256", "ES384", ""] {
            let header = Base64.encodeURL(JSON.object(["alg": .string(name)]).bytes)
            let forged = "\(header).\(Base64.encodeURL([1])).\(Base64.encodeURL(try ed25519.signature(over: [1])))"
            #expect(throws: JWSError.algorithm(name)) { try JWS.verify(forged) { _ in ed25519.verifyingKey } }
            #expect(throws: JWSError.algorithm(name)) { try JWS.verify("\(header).AQ.") { _ in ed25519.verifyingKey } }
        }
    }

    @Test func criticalExtensionsAreRefused() throws {
        let key = SigningKey.generate()
        let token = try JWS.sign([1], by: key, header: ["crit": ["b64"], "b64": false])
        #expect(throws: JWSError.critical) { try JWS.verify(token) { _ in key.verifyingKey } }
    }

    @Test func changedTokensFail() throws {
        let key = SigningKey.generate()
        let parts = try JWS.sign("payload".bytes, by: key).split(separator: ".").map(String.init)
        let other = try JWS.sign("another".bytes, by: key).split(separator: ".").map(String.init)
        #expect(throws: JWSError.invalidSignature) {
            try JWS.verify([parts[0], other[1], parts[2]].joined(separator: ".")) { _ in key.verifyingKey }
        }
        let whole = parts.joined(separator: ".")
        let broken = [
            "", ".", "..", parts[0], "\(parts[0]).\(parts[1])", whole + ".", whole + "=", " " + whole, "e30=.AQ.AQ", "W10.AQ.AQ", "A.AQ.AQ",
        ]
        for token in broken {
            #expect(throws: JWSError.self) { try JWS.verify(token) { _ in key.verifyingKey } }
        }
        let long = String(repeating: "A", count: JWS.byteLimit + 1)
        #expect(throws: JWSError.tooLarge) { try JWS.verify(long) { _ in key.verifyingKey } }
    }
}
