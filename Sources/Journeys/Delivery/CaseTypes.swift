public import Values

/// All case types, the licensing rules and the working calendar, read at start.
public struct CaseTypes: Sendable {
    /// Type and version. A case keeps the version it was opened under, so a former version stays in the file as long as it has cases.
    private struct Key: Hashable, Sendable { let id: String, version: Int }

    private let byForm: [String: CaseType]
    private let byKey: [Key: CaseType]
    let licensing: LicensingRules
    let calendar: WorkingCalendar

    /// Reads `case-types.json`, `business-licensing-rules.json` and `working-calendar.json`. Throws with the name of what is malformed.
    public init(caseTypes: JSON, licensingRules: JSON, workingCalendar: JSON) throws {
        guard let rows = caseTypes.array else { throw DeliveryError.malformedCaseType("case-types.json is no list") }
        let types = try rows.map(CaseType.read)
        byForm = Dictionary(types.map { ($0.formID, $0) }) { $0.version > $1.version ? $0 : $1 }
        byKey = Dictionary(types.map { (Key(id: $0.id, version: $0.version), $0) }) { first, _ in first }
        guard byKey.count == types.count else { throw DeliveryError.malformedCaseType("a version stands twice in case-types.json") }
        licensing = try LicensingRules(json: licensingRules)
        calendar = try WorkingCalendar(json: workingCalendar)
    }

    /// The newest version for new cases of a form.
    func type(form: String) throws(DeliveryError) -> CaseType {
        guard let type = byForm[form] else { throw .unknownForm(form) }
        return type
    }

    func type(of item: Case) throws(DeliveryError) -> CaseType {
        guard let type = byKey[Key(id: item.typeID, version: item.typeVersion)] else {
            throw .malformedCaseType("\(item.typeID) version \(item.typeVersion) is not in case-types.json")
        }
        return type
    }

    /// Where cases wait for a fee: type and stage.
    var feeStages: Set<FeeStage> {
        Set(byKey.values.compactMap { type in type.fee.map { FeeStage(typeID: type.id, stage: $0.stage) } })
    }
}

struct FeeStage: Sendable, Hashable {
    let typeID: String
    let stage: String
}
