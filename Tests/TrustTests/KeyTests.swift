import Testing
import Trust
import Values

struct KeyTests {
    /// RFC 8037 appendix A.1 to A.3.
    @Test func thumbprintOfTheEd25519Example() throws {
        let jwk: JSON = [
            "kty": "OKP", "crv": "Ed25519", "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        ]
        let key = try SigningKey(jwk: jwk)
        #expect(key.keyID == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        #expect(key.verifyingKey.jwk["x"] == jwk["x"])
        #expect(key.verifyingKey.jwk["d"] == nil)
        #expect(key.privateJWK["d"] == jwk["d"])
    }

    @Test func keysComeBackFromEveryWriting() throws {
        for algorithm in SignatureAlgorithm.allCases {
            let key = SigningKey.generate(algorithm)
            let content = "content".bytes
            let signature = try key.signature(over: content)
            #expect(signature.count == 64)
            #expect(try SigningKey(jwk: key.privateJWK).verifyingKey == key.verifyingKey)
            #expect(try SigningKey(pem: key.pem).verifyingKey == key.verifyingKey)
            let readers = [
                try VerifyingKey(jwk: key.verifyingKey.jwk), try VerifyingKey(pem: key.verifyingKey.pem),
                try VerifyingKey(jwk: JSON.parse(key.privateJWK.text)),
            ]
            for reader in readers {
                #expect(reader == key.verifyingKey)
                #expect(reader.isValid(signature, over: content))
                #expect(!reader.isValid(signature, over: "Content".bytes))
            }
        }
    }

    @Test func everyChangedSignatureBitFails() throws {
        for algorithm in SignatureAlgorithm.allCases {
            let key = SigningKey.generate(algorithm)
            let signature = try key.signature(over: [1, 2, 3])
            for place in signature.indices {
                var changed = signature
                changed[place] ^= 0x10
                #expect(!key.verifyingKey.isValid(changed, over: [1, 2, 3]))
            }
            for odd in [[], [0], Array(signature.dropLast()), signature + [0]] as [[UInt8]] {
                #expect(!key.verifyingKey.isValid(odd, over: [1, 2, 3]))
            }
        }
    }

    @Test func unsuitableJWKsAreRefused() throws {
        let good = SigningKey.generate().verifyingKey.jwk
        func with(_ key: String, _ value: JSON?) -> JSON {
            var jwk = good
            jwk[key] = value
            return jwk
        }
        #expect(throws: KeyError.unsuitable("use")) { try VerifyingKey(jwk: with("use", "enc")) }
        #expect(throws: KeyError.unsuitable("alg")) { try VerifyingKey(jwk: with("alg", "ES256")) }
        #expect(throws: KeyError.unsuitable("key_ops")) { try VerifyingKey(jwk: with("key_ops", ["encrypt"])) }
        #expect(throws: KeyError.malformed("kty, crv")) { try VerifyingKey(jwk: with("crv", "X25519")) }
        #expect(throws: KeyError.malformed("kty, crv")) { try VerifyingKey(jwk: "text") }
        #expect(throws: KeyError.malformed("x")) { try VerifyingKey(jwk: with("x", "AAAA")) }
        #expect(throws: KeyError.malformed("x")) { try VerifyingKey(jwk: with("x", nil)) }
        let offCurve = Base64.encodeURL([UInt8](repeating: 1, count: 32))
        #expect(throws: KeyError.malformed("x, y")) {
            try VerifyingKey(jwk: ["kty": "EC", "crv": "P-256", "x": .string(offCurve), "y": .string(offCurve)])
        }
        var mixed = SigningKey.generate().privateJWK
        mixed["x"] = good["x"]
        #expect(throws: KeyError.self) { try SigningKey(jwk: mixed) }
    }

    @Test func setsPassOverKeysOfOtherKinds() throws {
        let (first, second) = (SigningKey.generate(), SigningKey.generate(.ecdsaP256))
        let rsa: JSON = ["kty": "RSA", "n": "AQAB", "e": "AQAB"]
        let set = try JWKSet(["keys": [first.verifyingKey.jwk, rsa, second.verifyingKey.jwk]])
        #expect(set.keys.count == 2)
        #expect(set.key(second.keyID) == second.verifyingKey)
        #expect(try JWKSet(set.json).keys == set.keys)
        #expect(throws: KeyError.malformed("keys")) { try JWKSet(JSON.array([])) }
    }

    @Test func privateKeysDoNotPrintThemselves() {
        let key = SigningKey.generate()
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "SigningKey(\(key.keyID))")
        #expect(String(reflecting: key).contains(key.keyID))
        #expect(!dumped.contains("secret"))
    }
}
