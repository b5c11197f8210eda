@testable import OpenID
import Synchronization
import Testing
import Trust
import Values

@Suite struct ClientKeysTests {
    /// An address whose answer the test sets.
    private final class Address: Sendable {
        private let state = Mutex<(answer: JWKSet?, asked: Int)>((nil, 0))
        func answer(_ keys: JWKSet?) { state.withLock { $0.answer = keys } }
        var asked: Int { state.withLock { $0.asked } }
        func fetch() -> JWKSet? {
            state.withLock { state in
                state.asked += 1
                return state.answer
            }
        }
    }

    private let start = Instant(seconds: 1_800_000_000)

    @Test func keysAreKeptForAnHour() async {
        let (address, key) = (Address(), SigningKey.generate(.ecdsaP256))
        address.answer(JWKSet([key.verifyingKey]))
        let keys = ClientKeys { _ in address.fetch() }
        for seconds: Int64 in [0, 10, 3_599] {
            #expect(await keys.keys(at: "a", for: key.keyID, at: start.adding(seconds: seconds))?.keys.count == 1)
        }
        #expect(address.asked == 1)
        _ = await keys.keys(at: "a", for: key.keyID, at: start.adding(seconds: 3_600))
        #expect(address.asked == 2)
    }

    @Test func anUnknownKeyIsLookedForOnceAMinute() async {
        let (address, old, new) = (Address(), SigningKey.generate(.ecdsaP256), SigningKey.generate(.ecdsaP256))
        address.answer(JWKSet([old.verifyingKey]))
        let keys = ClientKeys { _ in address.fetch() }
        _ = await keys.keys(at: "a", for: old.keyID, at: start)
        for second: Int64 in 1..<60 { #expect(await keys.keys(at: "a", for: new.keyID, at: start.adding(seconds: second))?.key(for: new.keyID) == nil) }
        #expect(address.asked == 1, "whoever names keys that are not there cannot make us ask again and again")
        address.answer(JWKSet([old.verifyingKey, new.verifyingKey]))
        #expect(await keys.keys(at: "a", for: new.keyID, at: start.adding(seconds: 60))?.key(for: new.keyID) != nil)
        #expect(address.asked == 2)
    }

    @Test func whatWasReadStaysGoodWhileTheAddressIsSilent() async {
        let (address, key) = (Address(), SigningKey.generate(.ecdsaP256))
        let keys = ClientKeys { _ in address.fetch() }
        #expect(await keys.keys(at: "a", for: key.keyID, at: start) == nil)
        address.answer(JWKSet([key.verifyingKey]))
        #expect(await keys.keys(at: "a", for: key.keyID, at: start.adding(seconds: 59)) == nil, "not asked again at once")
        #expect(await keys.keys(at: "a", for: key.keyID, at: start.adding(seconds: 61)) != nil)
        address.answer(nil)
        #expect(await keys.keys(at: "a", for: key.keyID, at: start.adding(seconds: 7_200))?.keys.count == 1)
    }
}
