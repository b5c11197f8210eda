import Contracts
import Language
import Values

extension FormField {
    /// An answer as the inputs would have been typed: decoding it gives the same answer.
    func encode(_ value: JSON?, language: Language = .he, places: PlaceIndex) -> Posted {
        guard let value else { return Posted() }
        switch widget {
        case .text, .longText, .nationalNumber, .email, .choice: return Posted([name: value.string ?? ""])
        case .phone: return Posted([name: PhoneNumber.national(value.string ?? "")])
        case .number: return Posted([name: value.text])
        case .money: return Posted([name: value.int.map { Money(minorUnits: $0).decimal } ?? ""])
        case .yesNo: return Posted([name: value == true ? "yes" : "no"])
        case .declaration: return Posted([name: value == true ? "yes" : ""])
        case .locality:
            let place = value.int.flatMap { places.place(Int(clamping: $0)) }
            return Posted([name: place?.name.text(in: language) ?? value.text])
        case .choices: return Posted([name: value.array?.compactMap(\.string) ?? []])
        case .date:
            guard let date = value.string.flatMap({ CalendarDate($0) }) else { return Posted() }
            return Posted(["\(name).day": "\(date.day)", "\(name).month": "\(date.month)", "\(name).year": "\(date.year)"])
        case .address:
            var parts = parts(of: value, ["street", "house", "apartment"])
            let place = value["localityCode"]?.int.flatMap { places.place(Int(clamping: $0)) }
            parts["\(name).locality"] = place?.name.text(in: language) ?? value["locality"]?.string ?? ""
            return Posted(parts)
        case .bankAccount:
            var parts = parts(of: value, ["branch", "account"])
            parts["\(name).bank"] = value["bank"]?.int.map { "\($0)" } ?? ""
            return Posted(parts)
        case .person: return Posted(parts(of: value, ["givenName", "familyName", "nationalNumber"]))
        case .business: return Posted(parts(of: value, ["number", "name"]))
        case .file, .group: return Posted()
        }
    }

    private func parts(of value: JSON, _ keys: [String]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: keys.map { ("\(name).\($0)", value[$0]?.string ?? "") })
    }
}
