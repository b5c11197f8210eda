/// Why agreements cannot be read, signed or put in force.
public enum SpineError: Error, Sendable, Equatable, CustomStringConvertible {
    case malformedAgreement(String)
    /// A signature that agreement needs is missing or wrong.
    case unsigned(String)
    case unknownAgreement(String)
    case malformedServices(String)
    /// A setting has a value that cannot be used.
    case setting(String)

    public var description: String {
        switch self {
        case .malformedAgreement(let what): "malformed agreement: \(what)"
        case .unsigned(let what): "not signed by both parties: \(what)"
        case .unknownAgreement(let id): "no agreement \(id)"
        case .malformedServices(let what): "malformed services: \(what)"
        case .setting(let what): what
        }
    }
}
