import Contracts
import Language
import Values

/// Where an answer comes from, for people.
struct SourceWords {
    let language: Language
    let catalogue: StringCatalogue
    let bodies: any BodyDirectory

    /// Name and date of the register; nil when the person said it herself or a rule computed it.
    func chip(_ source: AnswerSource) -> [String: Any]? {
        guard case .register(let owner, _, _, let at) = source else { return nil }
        let date = IsraelTime.date(at)
        return ["source": name(owner), "sourceDate": Formats.date(date, in: language), "sourceISO": date.description]
    }

    func name(_ ownerID: String) -> String {
        bodies.body(ownerID)?.name.text(in: language) ?? catalogue.text("forms.source.unknown", in: language)
    }
}
