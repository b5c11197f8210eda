/// The five languages of the interface. The raw value is the BCP 47 tag used in paths, `lang` attributes and file names.
public enum Language: String, CaseIterable, Sendable {
    case he, ar, en, ru, fr

    /// What a person gets who asked for nothing we have.
    public static let standard = Language.he

    public var isRightToLeft: Bool { self == .he || self == .ar }

    /// The value of the HTML `dir` attribute.
    public var direction: String { isRightToLeft ? "rtl" : "ltr" }

    /// The language's name for itself, as a language switch shows it.
    public var ownName: String {
        switch self {
        case .he: "עברית"
        case .ar: "العربية"
        case .en: "English"
        case .ru: "Русский"
        case .fr: "Français"
        }
    }
}
