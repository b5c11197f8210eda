import Contracts
import JSONSchema
import Language
import Values

/// One version of a form: what is asked (steps), what is delivered (data), what depends on what (rules), what is fetched (bindings).
/// A value that never changes; a draft stays with the version it was begun on.
struct FormDocument: Sendable {
    let id: String
    let version: Int
    let serviceID: String
    let title: LocalizedText
    /// What happens after sending, and when.
    let next: LocalizedText
    /// A reader's estimate.
    let minutes: Int
    let body: DecidingBody
    let subject: Subject
    let purpose: String
    let basis: Basis
    let data: JSON
    let schema: JSONSchema
    let steps: [FormStep]
    let rules: [FormRule]
    let prefill: [Prefill]
    /// The questions of all steps.
    let fields: [FormField]
    /// The rules by what they are about.
    let index: RuleIndex
    /// The document as it was read.
    let source: JSON

    /// Whose request it is.
    enum Subject: String, Sendable { case person, business }

    /// Who decides: one body, or the local authority of the locality that an answer names.
    enum DecidingBody: Sendable, Hashable {
        case fixed(String)
        case municipality(locality: JSONPointer)
    }

    /// An answer that a register may have.
    struct Prefill: Sendable, Hashable {
        let pointer: JSONPointer
        let concept: String
    }

    func step(_ id: String) -> FormStep? { steps.first { $0.id == id } }
    func concept(of pointer: JSONPointer) -> String? { prefill.first { $0.pointer == pointer }?.concept }
}

/// One page: one thing to ask.
struct FormStep: Sendable {
    let id: String
    /// The part of the form it belongs to, as "check your answers" groups them.
    let section: LocalizedText
    let title: LocalizedText
    let intro: LocalizedText?
    let fields: [FormField]
}

/// One question, bound to a place in the data.
struct FormField: Sendable {
    /// In a repeating group the place inside one entry.
    let pointer: JSONPointer
    /// The text of the pointer, by which faults and sources are found.
    let place: String
    let widget: Widget
    let label: LocalizedText
    let hint: LocalizedText?
    var isRequired: Bool
    let options: [Option]
    /// Questions of one entry of a repeating group.
    let entries: [FormField]
    /// What one entry is called, such as "member of the household".
    let entryTitle: LocalizedText?
    let unit: LocalizedText?
    /// Characters the input is wide, for the style sheet: 2, 3, 4, 6, 10 or 20.
    let width: Int?
    /// Value of the HTML attribute of that name.
    let autocomplete: String?
    /// Decimals a number may have.
    let decimals: Int

    struct Option: Sendable, Hashable {
        let value: String
        let label: LocalizedText
        let hint: LocalizedText?
    }

    /// The name of the field in a posted form: `/studies/year` is `studies.year`.
    var name: String { pointer.tokens.joined(separator: ".") }
}

/// How a question is put and its answer read.
enum Widget: String, Sendable, CaseIterable {
    case text, longText, number, money, date, yesNo, choice, choices, locality, address, nationalNumber, phone, email, bankAccount, file, group, person
    case business, declaration
}
