/// Why a message cannot be signed, or why its signature is not accepted.
public enum MessageSignatureError: Error, Equatable, CustomStringConvertible {
    case tooLarge
    /// `Signature-Input` or `Signature` is not what RFC 9421 says; the part that is wrong.
    case malformed(String)
    /// There is no signature, or none of the label or tag that was asked for.
    case unsigned
    /// A covered component that the message does not have, or has more than once where that makes it ambiguous.
    case missingComponent(String)
    /// A component or parameter that is not supported (`sf`, `tr`, unknown names).
    case unsupportedComponent(String)
    /// A value with a line end or outside ASCII; cover it with `bs`.
    case unsignableValue(String)
    /// The policy wants this component covered.
    case uncovered(String)
    /// The policy wants this parameter, or wants another value of it.
    case parameter(String)
    /// `alg` is not that of the key, or the policy does not take it.
    case algorithm(String)
    /// Created longer ago than the policy takes, or past `expires`.
    case expired
    /// Created in the future, beyond the allowed difference of clocks.
    case notYetValid
    case unknownKey(String?)
    case invalidSignature
    /// The private key could not sign.
    case cannotSign

    public var description: String {
        switch self {
        case .tooLarge: "The signature headers are too large."
        case .malformed(let part): "The signature headers are malformed: \(part)."
        case .unsigned: "The message carries no such signature."
        case .missingComponent(let name): "The message has no single component \(name)."
        case .unsupportedComponent(let name): "The component \(name) is not supported."
        case .unsignableValue(let name): "The value of \(name) cannot be signed."
        case .uncovered(let name): "The signature does not cover \(name)."
        case .parameter(let name): "The signature parameter \(name) is missing or not accepted."
        case .algorithm(let name): "The signature algorithm \(name) is not accepted."
        case .expired: "The signature has expired."
        case .notYetValid: "The signature was created in the future."
        case .unknownKey(let id): "The signature names an unknown key \(id ?? "(none)")."
        case .invalidSignature: "The signature is wrong."
        case .cannotSign: "The message could not be signed."
        }
    }
}
