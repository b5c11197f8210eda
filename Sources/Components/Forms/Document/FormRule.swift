import Language
import Values

/// Something that holds under a condition.
struct FormRule: Sendable {
    let id: String
    let when: JsonLogic
    let action: Action

    enum Target: Sendable, Hashable {
        case field(JSONPointer)
        case step(String)
    }

    enum Action: Sendable {
        /// The question or page is there only when one of its show rules holds.
        case show(Target)
        /// An optional question must be answered.
        case require(JSONPointer)
        /// On leaving a page an answer is computed. With a label it is shown beside the answers of that page, like an answer of a field.
        case set(JSONPointer, JsonLogic, from: String, shownAs: FormField?)
        /// On leaving a page the journey goes on elsewhere.
        case route(from: String, to: String)
        /// On leaving a page the journey ends: there is nothing to ask for here.
        case exit(from: String, EndPage)
        /// On leaving a page the journey ends: these answers do not allow a request.
        case block(from: String, EndPage)
        /// An answer does not fit others; the text stands at the field.
        case refuse(JSONPointer, LocalizedText)
    }

    /// Where a journey ends early.
    struct EndPage: Sendable, Hashable {
        let title: LocalizedText
        let message: LocalizedText
        /// Where to go instead, without the language prefix.
        let link: String?
        let linkText: LocalizedText?
    }
}
