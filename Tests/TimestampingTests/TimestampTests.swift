@testable import Timestamping
import Foundation
import TestKit
import Testing
import Values

@Suite struct TimestampTests {
    private let note = Array("zamin/audit\n7\n".utf8)
    private let openSSL: OpenSSLAuthority

    init() throws { openSSL = try OpenSSLAuthority() }

    @Test func aTokenHoldsForWhatItWasAskedForAndForNothingElse() async throws {
        let authority = openSSL.authority("stamp")
        let before = Instant(seconds: Int64(Date().timeIntervalSince1970))
        let token = try await authority.stamp(note)
        #expect(token.time >= before && token.time <= before.adding(seconds: 600))
        #expect(try authority.check(token.der, over: note) == token)
        #expect(throws: TimestampError.self) { try authority.check(token.der, over: note + [0]) }
        #expect(throws: TimestampError.unreadable) { try authority.check(token.der + [0], over: note) }
        #expect(throws: TimestampError.unreadable) { try authority.check([], over: note) }
    }

    /// Whatever byte is changed: it does not hold, or, where nobody signed the byte (names of algorithms, say), it still says the same.
    @Test func anAlteredTokenSaysNothingElse() async throws {
        let authority = openSSL.authority("stamp")
        let token = try await authority.stamp(note)
        var refused = 0
        for place in token.der.indices {
            var altered = token.der
            altered[place] ^= 0x10
            do { try #expect(authority.check(altered, over: note).time == token.time) } catch is TimestampError { refused += 1 }
        }
        #expect(refused > token.der.count * 9 / 10)
    }

    @Test(arguments: ["stale", "other", "stranger", "altered"]) func aLyingAuthorityIsNotBelieved(path: String) async throws {
        let error = await #expect(throws: TimestampError.self) { try await openSSL.authority(path).stamp(note) }
        if case .untrusted? = error {} else { Issue.record("\(path): \(String(describing: error))") }
    }

    @Test func whatIsNoReplyIsRefused() async throws {
        await #expect(throws: TimestampError.unreadable) { try await openSSL.authority("noise").stamp(note) }
        await #expect(throws: TimestampError.unreadable) { try await openSSL.authority("behind").stamp(note) }
        await #expect(throws: TimestampError.refused(2)) { try await openSSL.authority("rejection").stamp(note) }
    }

    @Test(arguments: ["endless", "away", "nowhere"]) func anAuthorityThatGivesNoAnswerIsUnreachable(path: String) async throws {
        let error = await #expect(throws: TimestampError.self) { try await openSSL.authority(path).stamp(note) }
        if case .unreachable? = error {} else { Issue.record("\(path): \(String(describing: error))") }
    }

    @Test func withoutCertificatesNothingIsBelieved() async throws {
        let authority = TimestampAuthority(url: openSSL.authority("stamp").url, authoritiesPath: "\(openSSL.certificates).nowhere")
        await #expect(throws: TimestampError.noAuthorities(authority.authoritiesPath)) { try await authority.stamp(note) }
    }

    @Test func noTwoQueriesAreTheSame() throws {
        let (one, two) = (try TimestampQuery(over: note), try TimestampQuery(over: note))
        #expect(one.hash == two.hash && one.nonce != two.nonce && one.der != two.der)
    }
}
