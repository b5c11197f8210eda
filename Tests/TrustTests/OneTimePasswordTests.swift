import Testing
import Trust
import Values

struct OneTimePasswordTests {
    /// RFC 4226 appendix D.
    @Test func hotpVectors() {
        let expected = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
        for (counter, code) in expected.enumerated() {
            #expect(OneTimePassword.hotp(secret: "12345678901234567890".bytes, counter: UInt64(counter)) == code)
        }
    }

    /// RFC 6238 appendix B; the seeds of the longer hashes are those of its reference code.
    @Test func totpVectors() {
        let digits = "1234567890"
        func seed(_ count: Int) -> [UInt8] { Array(String(repeating: digits, count: 7).utf8.prefix(count)) }
        let vectors: [(Int64, String, String, String)] = [
            (59, "94287082", "46119246", "90693936"),
            (1_111_111_109, "07081804", "68084774", "25091201"),
            (1_111_111_111, "14050471", "67062674", "99943326"),
            (1_234_567_890, "89005924", "91819424", "93441116"),
            (2_000_000_000, "69279037", "90698825", "38618901"),
            (20_000_000_000, "65353130", "77737706", "47863826"),
        ]
        for (seconds, sha1, sha256, sha512) in vectors {
            let time = Instant(seconds: seconds)
            #expect(OneTimePassword.totp(secret: seed(20), at: time, digits: 8) == sha1)
            #expect(OneTimePassword.totp(secret: seed(32), at: time, digits: 8, hash: .sha256) == sha256)
            #expect(OneTimePassword.totp(secret: seed(64), at: time, digits: 8, hash: .sha512) == sha512)
        }
    }

    @Test func aCodeIsAcceptedNearItsTimeAndOnce() {
        let secret = RandomToken.randomBytes(20)
        let time = Instant(seconds: 1_800_000_015)
        let step = UInt64(1_800_000_015 / 30)
        let code = OneTimePassword.totp(secret: secret, at: time)
        for shift in [-30, 0, 30] as [Int64] {
            #expect(OneTimePassword.matchingStep(code, secret: secret, at: time.adding(seconds: shift)) == step)
        }
        #expect(OneTimePassword.matchingStep(code, secret: secret, at: time, after: step) == nil)
        #expect(OneTimePassword.matchingStep(code, secret: secret, at: time, after: step - 1) == step)
        #expect(OneTimePassword.matchingStep("", secret: secret, at: time) == nil)
        #expect(OneTimePassword.matchingStep(code + "0", secret: secret, at: time) == nil)
        let start = OneTimePassword.totp(secret: secret, at: Instant(seconds: 0))
        #expect(OneTimePassword.matchingStep(start, secret: secret, at: Instant(seconds: 0)) == 0)
    }

    @Test func randomCodesAreUniform() {
        var counts = [Int](repeating: 0, count: 10)
        for _ in 0..<20_000 {
            let code = OneTimePassword.random(digits: 1)
            #expect(code.utf8.count == 1)
            counts[Int(code) ?? 0] += 1
        }
        // Each of the ten is expected 2,000 times with a deviation of 42; beyond nine deviations chance is no explanation.
        #expect(counts.allSatisfy { abs($0 - 2000) < 380 })
        for digits in [4, 6, 8, 9] {
            let code = OneTimePassword.random(digits: digits)
            #expect(code.utf8.count == digits && code.utf8.allSatisfy { (0x30...0x39).contains($0) })
        }
        #expect(OneTimePassword.matches("012345", "012345"))
        #expect(!OneTimePassword.matches("012345", "012346"))
    }
}

struct RandomTokenTests {
    @Test func tokensHaveTheirLengthAndDiffer() {
        for count in [0, 1, 7, 8, 9, 32] { #expect(Base64.decodeURL(RandomToken.make(bytes: count))?.count == count) }
        #expect(Set((0..<1000).map { _ in RandomToken.make() }).count == 1000)
    }

    @Test func comparison() {
        #expect(constantTimeEquals([], []))
        #expect(constantTimeEquals("abc", "abc"))
        #expect(!constantTimeEquals("abc", "abd"))
        #expect(!constantTimeEquals("abc", "ab"))
        // Equal as Swift strings, but not the same bytes.
        #expect(!constantTimeEquals("\u{E9}", "e\u{301}"))
    }

    /// FIPS 180-4 examples.
    @Test func fingerprints() {
        #expect(Fingerprint.hex(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Fingerprint.hex(of: [] as [UInt8]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        var parts = FingerprintAccumulator()
        for byte in "abc".bytes { parts.append([byte]) }
        #expect(parts.bytes == Fingerprint.bytes(of: "abc".bytes))
        // RFC 7636 appendix B.
        let challenge = Fingerprint.base64URL(of: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".bytes)
        #expect(challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }
}
