import Language
import Values

extension CaseType {
    /// Reads one type of `case-types.json`. Throws `DeliveryError.malformedCaseType` naming what is wrong.
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
        let type = CaseType(
            id: id, version: Int(try need(json["version"]?.int, "version")), formID: try need(json["form"]?.string, "form"), stages: stages,
            workingDays: Int(try need(json["workingDays"]?.int, "workingDays")), fee: try json["fee"].map(fee), legs: try json["legs"].map(legs),
            queue: json["queue"]?.string, documents: json["documents"]?.object?.compactMapValues(\.string) ?? [:],
            paperLines: try json["paper"]?.array?.map(paperLine) ?? [], follows: try json["follows"].map(follows), law: try need(json["law"]?.string, "law"))
        try type.check()
        return type
    }

    /// Stages that other parts name must be there, and each but the last must lead somewhere.
    private func check() throws(DeliveryError) {
        guard stages.count >= 2 else { throw .malformedCaseType("\(id): at least two stages") }
        for named in [fee?.stage, legs?.stage, queue].compactMap(\.self) {
            guard stages.dropLast().contains(where: { $0.id == named }) else { throw .malformedCaseType("\(id): no stage \(named) before the last") }
        }
        if let fee, fee.stage != stages.first?.id { throw .malformedCaseType("\(id): the fee's stage is not the first") }
    }

    private static func paperLine(_ json: JSON) throws -> PaperLine {
        let places = try pointers(json["pointers"], "paper")
        guard !places.isEmpty else { throw DeliveryError.malformedCaseType("paper") }
        return PaperLine(
            label: try LocalizedText(json: json["label"] ?? .null), pointers: places, otherwise: try pointers(json["otherwise"], "paper"),
            unit: try json["unit"].map(LocalizedText.init(json:)))
    }

    private static func follows(_ json: JSON) throws -> Follows {
        guard let operation = json["operation"]?.string, let purpose = json["purpose"]?.string else { throw DeliveryError.malformedCaseType("follows") }
        return Follows(
            name: try LocalizedText(json: json["name"] ?? .null), operation: operation, purpose: purpose, shows: try pointers(json["shows"], "follows: shows"))
    }

    private static func fee(_ json: JSON) throws -> Fee {
        guard let stage = json["stage"]?.string, let product = json["product"]?.string, let amount = json["amountMinor"]?.int
        else { throw DeliveryError.malformedCaseType("fee") }
        return Fee(
            stage: stage, product: product, amount: Money(minorUnits: amount), description: try LocalizedText(json: json["description"] ?? .null))
    }

    private static func legs(_ json: JSON) throws -> Legs {
        guard let stage = json["stage"]?.string, let kind = json["kindPointer"]?.string.flatMap(JSONPointer.init),
            let area = json["areaPointer"]?.string.flatMap(JSONPointer.init), let bodies = json["bodies"]?.object,
            let days = json["workingDays"]?.int
        else { throw DeliveryError.malformedCaseType("legs") }
        if let unknown = bodies.keys.first(where: { !LicensingRules.columns.contains($0) }) {
            throw DeliveryError.malformedCaseType("legs: no column \(unknown) in the licensing rules")
        }
        let common = try pointers(json["sees"], "legs: sees")
        let approvers = try LicensingRules.columns.compactMap { column in try bodies[column].map { try approver(column, $0, common) } }
        return Legs(stage: stage, kindPointer: kind, areaPointer: area, approvers: approvers, workingDays: Int(days))
    }

    private static func approver(_ column: String, _ json: JSON, _ common: [JSONPointer]) throws -> Legs.Approver {
        guard let body = json["body"]?.string else { throw DeliveryError.malformedCaseType("legs: body of \(column)") }
        let conditions = try (json["alsoWhen"]?.array ?? []).map { condition in
            guard let pointer = condition["pointer"]?.string.flatMap(JSONPointer.init), let value = condition["is"] else {
                throw DeliveryError.malformedCaseType("legs: alsoWhen of \(column)")
            }
            return Legs.Condition(pointer: pointer, value: value)
        }
        return Legs.Approver(
            column: column, bodyID: body, alsoWhen: conditions, sees: common + (try pointers(json["sees"], "legs: sees of \(column)")))
    }

    private static func pointers(_ json: JSON?, _ what: String) throws -> [JSONPointer] {
        guard let json else { return [] }
        guard let items = json.array else { throw DeliveryError.malformedCaseType(what) }
        return try items.map { item in
            guard let pointer = item.string.flatMap(JSONPointer.init) else { throw DeliveryError.malformedCaseType("\(what): \(item.text)") }
            return pointer
        }
    }
}
