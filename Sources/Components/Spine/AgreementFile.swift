import Contracts
import Values

/// Agreements as `agreements.json` writes them: one entry may stand for many, with each of its consumers.
struct AgreementFile {
    /// Stands for every municipality that governs a place, in a list of consumers; the body “municipality” stands for all of them and is
    /// none.
    static let everyMunicipality = "municipality-*"
    let agreements: [Agreement]

    init(json: JSON, bodies: [PublicBody]) throws(SpineError) {
        var agreements: [Agreement] = []
        for entry in json["agreements"]?.array ?? [] {
            guard let id = entry["id"]?.string, let consumers = entry["consumers"]?.array?.compactMap(\.string), !consumers.isEmpty else {
                throw .malformedAgreement("\(entry["id"]?.string ?? "?"): consumers")
            }
            let all = consumers.flatMap { name in
                name == AgreementFile.everyMunicipality ? bodies.filter { $0.kind == .municipality && $0.localityCode != nil }.map(\.id) : [name]
            }
            // An id must not depend on how many municipalities there happen to be.
            let isOne = consumers.count == 1 && consumers[0] != AgreementFile.everyMunicipality
            for consumer in all {
                var content = entry
                content["consumers"] = nil
                content["consumer"] = .string(consumer)
                content["id"] = .string(isOne ? id : "\(id).\(consumer)")
                content["version"] = 1
                agreements.append(try Agreement(json: content))
            }
        }
        self.agreements = agreements
    }
}
