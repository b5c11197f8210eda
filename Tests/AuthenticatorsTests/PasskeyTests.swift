@testable import Authenticators
import TestAuthenticators
import TestKit
import Testing
import Values

@Suite struct PasskeyTests {
    private let party = RelyingParty(publicURL: "https://gov.example")
    private let challenge = [UInt8](0..<40)
    private func authenticator() -> SoftAuthenticator { SoftAuthenticator(origin: "https://gov.example", rpID: "gov.example") }

    /// Registers it at the site.
    private func enrol(_ authenticator: SoftAuthenticator) throws -> Passkey {
        try PasskeyRegistration(authenticator.create(challenge)).verify(at: try #require(party)).passkey
    }

    @Test func aPasskeyIsMadeKeptAndUsed() throws {
        let party = try #require(party)
        var authenticator = authenticator()
        let registration = try PasskeyRegistration(authenticator.create(challenge))
        #expect(registration.challenge == challenge)
        let passkey = try registration.verify(at: party).passkey
        #expect(passkey.credentialID == authenticator.credentialID && passkey.algorithm == .es256 && !passkey.isBackedUp)
        #expect(Passkey(json: passkey.json) == passkey)
        authenticator.counter = 7
        let assertion = try PasskeyAssertion(authenticator.get([1, 2, 3]))
        #expect(assertion.challenge == [1, 2, 3])
        #expect(try assertion.verify(by: passkey, at: party) == 7)
    }

    @Test func whatWasMadeOrUsedElsewhereIsRefused() throws {
        let (party, passkey) = (try #require(party), try enrol(authenticator()))
        var phished = authenticator()
        phished.origin = "https://gov.example.evil.example"
        #expect(throws: PasskeyError.otherSite) { try PasskeyRegistration(phished.create(challenge)).verify(at: party) }
        var elsewhere = authenticator()
        elsewhere.rpID = "example"
        #expect(throws: PasskeyError.otherSite) { try PasskeyRegistration(elsewhere.create(challenge)).verify(at: party) }
        // Another person's passkey under the id of this one.
        let other = try PasskeyAssertion(authenticator().get(challenge))
        #expect(throws: PasskeyError.wrongSignature) { try other.verify(by: passkey, at: party) }
        let forged = Passkey(credentialID: other.credentialID, algorithm: .es256, publicKey: passkey.publicKey, isBackedUp: false)
        #expect(throws: PasskeyError.wrongSignature) { try other.verify(by: forged, at: party) }
    }

    @Test func aGestureWithoutVerificationIsNotEnough() throws {
        let party = try #require(party)
        var authenticator = authenticator()
        let passkey = try enrol(authenticator)
        authenticator.flags = SoftAuthenticator.userIsPresent
        #expect(throws: PasskeyError.notVerified) { try PasskeyRegistration(authenticator.create(challenge)).verify(at: party) }
        let assertion = try PasskeyAssertion(authenticator.get(challenge))
        #expect(throws: PasskeyError.notVerified) { try assertion.verify(by: passkey, at: party) }
    }

    @Test func oneKindOfAnswerIsNotTakenForTheOther() throws {
        let authenticator = authenticator()
        #expect(throws: PasskeyError.malformed("clientDataJSON")) { try PasskeyAssertion(authenticator.get(challenge, type: "webauthn.create")) }
        #expect(throws: PasskeyError.malformed("clientDataJSON")) { try PasskeyRegistration(authenticator.create(challenge, type: "webauthn.get")) }
    }

    /// The bytes of each answer, cut short, altered and grown: an error, never an end of the process.
    @Test func brokenAnswersAreErrors() throws {
        let (party, authenticator) = (try #require(party), authenticator())
        let passkey = try enrol(authenticator)
        let object = try #require(authenticator.create(challenge)["response"]?["attestationObject"]?.string.flatMap(Base64.decodeURL))
        let client = try #require(authenticator.create(challenge)["response"]?["clientDataJSON"])
        func register(_ bytes: [UInt8]) -> Bool {
            let json: JSON = ["response": ["clientDataJSON": client, "attestationObject": .string(Base64.encodeURL(bytes))]]
            return (try? PasskeyRegistration(json).verify(at: party)) != nil
        }
        #expect(register(object))
        for length in object.indices { #expect(!register(Array(object[..<length]))) }
        #expect(!register(object + [0]))
        let answer = try #require(authenticator.get(challenge)["response"]?.object)
        for member in ["authenticatorData", "signature", "clientDataJSON"] {
            let bytes = try #require(answer[member]?.string.flatMap(Base64.decodeURL))
            for index in bytes.indices {
                var broken = bytes
                broken[index] ^= 0x20
                var response = answer
                response[member] = .string(Base64.encodeURL(broken))
                let json: JSON = ["rawId": .string(Base64.encodeURL(authenticator.credentialID)), "response": .object(response)]
                #expect((try? PasskeyAssertion(json).verify(by: passkey, at: party)) == nil, "\(member), byte \(index)")
            }
        }
    }

    @Test(arguments: [
        ("https://gov.example", "gov.example", "https://gov.example"), ("https://gov.example:443/x", "gov.example", "https://gov.example"),
        ("https://Gov.Example:8443", "gov.example", "https://gov.example:8443"), ("http://localhost:8080", "localhost", "http://localhost:8080"),
    ])
    func aSiteIsNamedByItsAddress(address: String, id: String, origin: String) {
        let party = RelyingParty(publicURL: address)
        #expect(party?.id == id && party?.origin == origin)
    }

    @Test(arguments: ["http://gov.example", "http://127.0.0.1:8080", "https://[::1]", "gov.example", "https://", ""])
    func addressesWithoutPasskeys(address: String) { #expect(RelyingParty(publicURL: address) == nil) }
}

/// Web Authentication Level 3 section 16, "Test Vectors".
@Suite struct PublishedPasskeyTests {
    private let party = RelyingParty(publicURL: "https://example.org")

    private func registration(_ client: String, _ object: String) throws -> PasskeyRegistration {
        func text(_ hex: String) throws -> JSON { .string(Base64.encodeURL(try #require(Hex.decode(hex)))) }
        return try PasskeyRegistration(["response": ["clientDataJSON": try text(client), "attestationObject": try text(object)]])
    }

    /// Section 16.3: packed self attestation, ES256, the person verified.
    @Test func packedSelfAttestation() throws {
        let made = try registration(
            """
            7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a2265476e4374334c55745936366b336a506a796e6962506b31716e6666446169\
            66715a774c33417032392d55222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c2265787472\
            6144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e207468652066\
            75747572652c207375636820617320746869733a205539685458764b453255526b4d6e625f3078594856673d3d227d
            """,
            """
            a363666d74667061636b65646761747453746d74a263616c67266373696758483046022100ae045923ded832b844cae4d5fc864277c0dc114ad713e271af0f0d371bd3ac5402\
            21009077a088ed51a673951ad3ba2673d5029bab65b64f4ea67b234321f86fcfac5d68617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5\
            e0f01452b2e4b55d00000000df850e09db6afbdfab51697791506cfc0020455ef34e2043a87db3d4afeb39bbcb6cc32df9347c789a865ecdca129cbef58ca501020326200121\
            5820eb151c8176b225cc651559fecf07af450fd85802046656b34c18f6cf193843c5225820927b8aa427a2be1b8834d233a2d34f61f13bfd44119c325d5896e183fee484f2
            """)
        let passkey = try made.verify(at: try #require(party)).passkey
        #expect(Hex.encode(passkey.credentialID) == "455ef34e2043a87db3d4afeb39bbcb6cc32df9347c789a865ecdca129cbef58c")
        #expect(Hex.encode(passkey.publicKey).hasPrefix("eb151c8176b225cc651559fecf07af450fd85802046656b34c18f6cf193843c5") && passkey.isBackedUp)
    }

    /// Section 16.2: no attestation, ES256, the person present but not verified.
    @Test func noAttestation() throws {
        let made = try registration(
            """
            7b2274797065223a22776562617574686e2e637265617465222c226368616c6c656e6765223a22414d4d507434557878475453746e6364713431375944774246693876704961\
            2d7077386f4f755657345441222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73652c2265787472\
            6144617461223a22636c69656e74446174614a534f4e206d617920626520657874656e6465642077697468206164646974696f6e616c206669656c647320696e207468652066\
            75747572652c207375636820617320746869733a20426b5165446a646354427258426941774a544c453551227d
            """,
            """
            a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b559000000008446cc\
            b9ab1db374750b2367ff6f3a1f0020f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4a5010203262001215820afefa16f97ca9b2d23eb86ccb6\
            4098d20db90856062eb249c33a9b672f26df61225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220
            """)
        #expect(Hex.encode(made.challenge) == "00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130")
        #expect(throws: PasskeyError.notVerified) { try made.verify(at: try #require(party)) }
    }
}
