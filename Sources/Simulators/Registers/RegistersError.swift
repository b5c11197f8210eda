/// Why the registers cannot be made or opened.
public enum RegistersError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A source file is missing or malformed: its name and what is wrong.
    case data(String, String)
    /// A setting has a value that cannot be used.
    case setting(String)

    public var description: String {
        switch self {
        case .data(let file, let reason): "\(file): \(reason)"
        case .setting(let reason): reason
        }
    }
}
