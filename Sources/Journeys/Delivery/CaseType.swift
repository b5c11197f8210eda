import Language
import Values

/// How cases of one kind go, as data: stages, norm, fee, legs at other bodies, papers (ZGW calls it a zaaktype).
struct CaseType: Sendable, Hashable {
    struct Stage: Sendable, Hashable {
        let id: String
        let name: LocalizedText
        /// What happens in it, in the person's words.
        let detail: LocalizedText
        let tellsPerson: Bool
    }

    struct Fee: Sendable, Hashable {
        let product: String
        let amount: Money
        let description: LocalizedText
    }

    /// Approvals of other bodies, chosen by rules over the answers.
    struct Legs: Sendable, Hashable {
        let stage: String
        let kindPointer: JSONPointer
        let areaPointer: JSONPointer
        /// Column of the rules → body that approves.
        let bodies: [String: String]
        /// Working days a leg may take.
        let workingDays: Int
    }

    /// An answer that stands on the paper: one, or several in a row, such as street and house.
    struct PaperLine: Sendable, Hashable {
        let label: LocalizedText
        let pointers: [JSONPointer]
        /// Said after a number, such as m².
        let unit: LocalizedText?
    }

    let id: String
    let version: Int
    let formID: String
    let stages: [Stage]
    let workingDays: Int
    let fee: Fee?
    let legs: Legs?
    /// Result → template of the paper.
    let documents: [String: String]
    let paperLines: [PaperLine]
    /// The provision under which officers read the answers.
    let law: String

    func stage(_ id: String) -> Stage? { stages.first { $0.id == id } }

    /// Where a new case begins: at the fee when there is one.
    var firstStage: String { stages.first?.id ?? "received" }

    /// The stage after this one, or nil at the end.
    func stage(after id: String) -> Stage? {
        guard let index = stages.firstIndex(where: { $0.id == id }), index + 1 < stages.count else { return nil }
        return stages[index + 1]
    }
}

extension CaseType {
    /// Reads `case-types.json`. Throws `DeliveryError.malformedCaseType` naming what is wrong.
    static func read(_ json: JSON) throws -> CaseType {
        guard let id = json["id"]?.string else { throw DeliveryError.malformedCaseType("id") }
        func need<Value>(_ value: Value?, _ what: String) throws -> Value {
            guard let value else { throw DeliveryError.malformedCaseType("\(id): \(what)") }
            return value
        }
        let stages = try need(json["stages"]?.array, "stages").map { stage in
            Stage(
                id: try need(stage["id"]?.string, "stage id"), name: try LocalizedText(json: stage["name"] ?? .null),
                detail: try LocalizedText(json: stage["detail"] ?? .null), tellsPerson: stage["tellsPerson"]?.bool ?? true)
        }
        guard stages.count >= 2 else { throw DeliveryError.malformedCaseType("\(id): at least two stages") }
        return CaseType(
            id: id, version: Int(try need(json["version"]?.int, "version")), formID: try need(json["form"]?.string, "form"), stages: stages,
            workingDays: Int(try need(json["workingDays"]?.int, "workingDays")), fee: try json["fee"].map(fee), legs: try json["legs"].map(legs),
            documents: json["documents"]?.object?.compactMapValues(\.string) ?? [:], paperLines: try json["paper"]?.array?.map(paperLine) ?? [],
            law: try need(json["law"]?.string, "law"))
    }

    private static func paperLine(_ json: JSON) throws -> PaperLine {
        let pointers = json["pointers"]?.array?.compactMap { $0.string.flatMap(JSONPointer.init) } ?? []
        guard !pointers.isEmpty else { throw DeliveryError.malformedCaseType("paper") }
        let unit = try json["unit"].map(LocalizedText.init(json:))
        return PaperLine(label: try LocalizedText(json: json["label"] ?? .null), pointers: pointers, unit: unit)
    }

    private static func fee(_ json: JSON) throws -> Fee {
        guard let product = json["product"]?.string, let amount = json["amountMinor"]?.int else { throw DeliveryError.malformedCaseType("fee") }
        return Fee(product: product, amount: Money(minorUnits: amount), description: try LocalizedText(json: json["description"] ?? .null))
    }

    private static func legs(_ json: JSON) throws -> Legs {
        guard let stage = json["stage"]?.string, let kind = json["kindPointer"]?.string.flatMap(JSONPointer.init),
            let area = json["areaPointer"]?.string.flatMap(JSONPointer.init), let bodies = json["bodies"]?.object,
            let days = json["workingDays"]?.int
        else { throw DeliveryError.malformedCaseType("legs") }
        return Legs(
            stage: stage, kindPointer: kind, areaPointer: area, bodies: bodies.compactMapValues(\.string), workingDays: Int(days))
    }
}
