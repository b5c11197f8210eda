import HTTPTypes
import Testing
@testable import Web

@Suite struct TrustedProxiesTests {
    private func caller(_ proxies: String, _ connection: String, _ forwarded: String...) throws -> String {
        var headers = HTTPFields()
        for value in forwarded { headers.append(HTTPField(name: HTTPField.Name("X-Forwarded-For")!, value: value)) }
        return try #require(TrustedProxies(proxies)).caller(connection: connection, headers: headers)
    }

    @Test func nobodyIsBelievedUnlessNamed() throws {
        #expect(try caller("", "192.0.2.7", "198.51.100.1") == "192.0.2.7")
        #expect(try caller("10.0.0.0/8", "192.0.2.7", "198.51.100.1") == "192.0.2.7")
    }

    @Test func theLastAddressThatIsNoProxyIsTheCaller() throws {
        #expect(try caller("127.0.0.1", "127.0.0.1", "198.51.100.1") == "198.51.100.1")
        // What the caller wrote herself stands before what the proxy added.
        #expect(try caller("127.0.0.1", "127.0.0.1", "1.2.3.4, 198.51.100.1") == "198.51.100.1")
        #expect(try caller("127.0.0.1, 10.0.0.0/8", "::ffff:127.0.0.1", "1.2.3.4, 198.51.100.1", "10.9.9.9") == "198.51.100.1")
        #expect(try caller("fd00::/8", "fd12::1", "2001:db8::5") == "2001:db8::5")
        #expect(try caller("127.0.0.1", "127.0.0.1") == "127.0.0.1")
        #expect(try caller("127.0.0.1", "127.0.0.1", "<script>") == "127.0.0.1")
        #expect(try caller("127.0.0.0/8", "127.0.0.1", "127.0.0.2") == "127.0.0.2")
    }

    @Test(arguments: ["x", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::1/129", "10.0.0.0/8/8"])
    func malformedListsAreRefused(list: String) { #expect(TrustedProxies(list) == nil) }
}

@Suite struct BodyRoomTests {
    @Test func allRequestsShareOneRoom() {
        let room = BodyRoom(bytesMax: 100)
        let (one, two) = (BodyRoom.Share(), BodyRoom.Share())
        #expect(room.take(60, for: one))
        #expect(!room.take(41, for: two))
        #expect(room.take(40, for: two))
        room.giveBack(one)
        room.giveBack(one)
        #expect(room.take(60, for: two))
        #expect(!room.take(1, for: one))
    }

    @Test func aBodyMayComeSlowlyButNotForEver() {
        let pace = BodyPace()
        #expect(pace.bears(1, after: .seconds(20)))
        #expect(!pace.bears(1, after: .seconds(60)))
        #expect(pace.bears(1_000_000, after: .seconds(60)))
    }
}
