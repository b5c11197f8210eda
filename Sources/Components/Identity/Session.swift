import Trust
import Values
import Web

/// A signed-in browser.
struct Session: Sendable, Hashable {
    static let idleSeconds: Int64 = 30 * 60
    static let absoluteSeconds: Int64 = 12 * 3_600
    /// How stale `lastSeenAt` may get before it is written again: a read must not cost a write each time.
    static let touchSeconds: Int64 = 60
    /// After this long the register is asked again whether a business is still signed for by the person.
    static let recheckSeconds: Int64 = 10 * 60
    /// How long the right to sign is believed while the register cannot be asked.
    static let uncheckedSeconds: Int64 = 3_600

    /// What only the person and the frame of the page need of it; sealed at rest.
    struct Detail: Sendable, Hashable {
        var name: String
        var address: String
        var device: Device
        /// Name of the business acted for.
        var organisationName: String?
    }

    let tokenHash: String
    let subjectID: String
    let id: String
    var detail: Detail
    let assurance: Assurance
    var capacity: Capacity
    /// When the register of businesses, or the list of offices when it was chosen, said that the capacity is hers. Offices are looked up
    /// again with every request; a business after `recheckSeconds`.
    var capacityCheckedAt: Instant?
    var holdsOffice: Bool
    let createdAt: Instant
    var lastSeenAt: Instant
    let expiresAt: Instant

    func isLive(at time: Instant) -> Bool { time < expiresAt && time < lastSeenAt.adding(seconds: Session.idleSeconds) }

    var actor: Actor {
        var roles: Set<String> = []
        if case .office(_, let role) = capacity { roles = [role] }
        return Actor(
            kind: .person, id: subjectID, name: detail.name, sessionID: id, assurance: assurance, capacity: capacity, roles: roles,
            holdsOffice: holdsOffice)
    }

    static func hash(_ token: String) -> String { Fingerprint.hex(of: token) }
}

/// The secrets in a browser's cookies: 32 random bytes each, of which only hashes are kept.
enum Token {
    static let registrationCookie = "__Host-registration"
    static let signInCookie = "__Host-sign-in"
    static let deviceCookie = "__Host-device"
    static let deviceSeconds = 365 * 86_400

    static func make() -> String { RandomToken.make(bytes: 32) }

    /// The hash of a cookie's value, or nil when it is none of ours.
    static func hash(of cookie: String?) -> String? {
        guard let cookie, cookie.utf8.count == 43 else { return nil }
        return Session.hash(cookie)
    }
}

extension Session.Detail {
    var json: JSON {
        .members([
            "name": .string(name), "address": .string(address), "browser": .string(device.browser), "system": .string(device.system),
            "organisation": organisationName.map(JSON.string),
        ])
    }

    init?(json: JSON) {
        guard let name = json["name"]?.string, let address = json["address"]?.string else { return nil }
        let device = Device(browser: json["browser"]?.string ?? "", system: json["system"]?.string ?? "")
        self.init(name: name, address: address, device: device, organisationName: json["organisation"]?.string)
    }
}
