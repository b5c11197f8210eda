/// Why no places can be given in the log.
public enum LogError: Error, Equatable, CustomStringConvertible {
    /// Entries have places beyond the last signed checkpoint, and the checkpoints kept outside the database do not say that they are
    /// merely strangers. Signing on would hide what happened.
    case beyondSigned(size: Int)
    /// A signed checkpoint could not be written to its file.
    case notKept(String)

    public var description: String {
        switch self {
        case .beyondSigned(let size): "entries lie beyond the last signed checkpoint (\(size)): run `zamin verify-log`"
        case .notKept(let reason): "a signed checkpoint could not be kept outside the database: \(reason)"
        }
    }
}
