import Testing
@testable import Trust
import Values

/// Tokens that somebody made to be believed (RFC 8725).
@Suite struct HostileTokenTests {
    private let key = SigningKey.generate(.ecdsaP256)
    private let claims = Array("{\"sub\":\"noa\"}".utf8)

    private func isBelieved(_ token: String, by key: VerifyingKey? = nil) -> Bool {
        (try? JWS.verify(token) { _ in key ?? self.key.verifyingKey }) != nil
    }

    private func part(_ text: String) -> String { Base64.encodeURL(Array(text.utf8)) }

    @Test func theRightOneIsBelieved() throws { #expect(isBelieved(try JWS.sign(claims, by: key))) }

    @Test(arguments: ["none", "None", "NONE", "nOnE", "", "HS256", "RS256", "ES384", "ES512", "EdDSA", "PS256", "es256"])
    func theAlgorithmIsThatOfTheKey(algorithm: String) throws {
        let content = "\(part("{\"alg\":\"\(algorithm)\"}")).\(Base64.encodeURL(claims))"
        #expect(!isBelieved("\(content)."))
        #expect(!isBelieved("\(content).\(Base64.encodeURL(try key.signature(over: Array(content.utf8))))"))
        // The public key as the secret of an HMAC (RFC 8725 section 2.1).
        let code = HMACKey(bytes: Array(key.verifyingKey.pem.utf8)).code(for: Array(content.utf8))
        #expect(!isBelieved("\(content).\(Base64.encodeURL(code))"))
    }

    @Test func aKeyInTheHeaderIsNotAsked() throws {
        let thief = SigningKey.generate(.ecdsaP256)
        let token = try JWS.sign(claims, by: thief, header: ["jwk": thief.verifyingKey.jwk, "jku": "https://evil.test/keys", "x5u": "https://evil.test"])
        #expect(!isBelieved(token) && isBelieved(token, by: thief.verifyingKey))
        var jwk = thief.privateJWK
        jwk["kid"] = nil
        let leaking = try JWS.sign(claims, by: thief, type: "dpop+jwt", header: ["jwk": jwk])
        #expect((try? JWS.verifyEmbedded(leaking, type: "dpop+jwt")) == nil, "a private key in the header")
        let bare = try JWS.sign(claims, by: thief, type: "dpop+jwt")
        #expect((try? JWS.verifyEmbedded(bare, type: "dpop+jwt")) == nil, "no key in the header")
    }

    @Test func base64urlIsStrict() throws {
        let parts = try JWS.sign(claims, by: key).split(separator: ".").map(String.init)
        for changed in [
            [parts[0] + "=", parts[1], parts[2]], [parts[0], parts[1] + "==", parts[2]], [parts[0], parts[1], parts[2] + "="], [parts[0], parts[1], parts[2] + "\n"],
            [" " + parts[0], parts[1], parts[2]], [parts[0], parts[1].replacing("_", with: "/") + "/", parts[2]], parts + [""], parts + ["x"], [parts[0], parts[1]],
            ["", parts[1], parts[2]], [parts[0], "", parts[2]], [parts[0], parts[1], ""],
        ] { #expect(!isBelieved(changed.joined(separator: ".")), "\(changed)") }
    }

    /// Stray bits in the last letter decode to the same bytes elsewhere: two texts for one token.
    @Test func oneTokenHasOneWriting() throws {
        let token = try JWS.sign(claims, by: key)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let last = try #require(token.last)
        for letter in alphabet where letter != last { #expect(!isBelieved(token.dropLast() + String(letter))) }
    }

    @Test func membersThatStandTwiceAreRefused() throws {
        let content = "\(part("{\"alg\":\"ES256\",\"alg\":\"none\"}")).\(Base64.encodeURL(claims))"
        #expect(!isBelieved("\(content).\(Base64.encodeURL(try key.signature(over: Array(content.utf8))))"))
        let token = try JWS.sign(Array("{\"sub\":\"noa\",\"sub\":\"dan\"}".utf8), by: key)
        let payload = try JWS.verify(token) { _ in key.verifyingKey }.payload
        #expect((try? JSON.parse(payload)) == nil)
    }

    @Test func signaturesThatAreNoneAreRefused() throws {
        let content = try JWS.sign(claims, by: key).split(separator: ".").dropLast().joined(separator: ".")
        let order = try #require(Hex.decode("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"))
        let (zero, one) = ([UInt8](repeating: 0, count: 32), [UInt8](repeating: 0, count: 31) + [1])
        for signature in [zero + zero, zero + one, one + zero, order + order, order + one, one + order, [], zero, zero + zero + [0]] {
            #expect(!isBelieved("\(content).\(Base64.encodeURL(signature))"))
        }
    }

    @Test func hugeAndDeepOnesAreRefused() throws {
        #expect(!isBelieved(String(repeating: "A", count: JWS.byteLimit + 1)))
        #expect(!isBelieved(String(repeating: ".", count: 10_000)))
        #expect(!isBelieved("\(part(String(repeating: "{\"a\":", count: 5_000))).\(Base64.encodeURL(claims)).AA"))
        for header in ["[]", "\"x\"", "1", "null", "{\"alg\":5}", "{\"alg\":null}", "{\"alg\":[\"ES256\"]}", "{"] {
            #expect(!isBelieved("\(part(header)).\(Base64.encodeURL(claims)).AA"))
        }
    }

    @Test func anUnknownCriticalExtensionIsRefused() throws {
        for crit: JSON in [["b64"], [], "exp", ["exp", "x"]] { #expect(!isBelieved(try JWS.sign(claims, by: key, header: ["crit": crit, "b64": false]))) }
    }
}
