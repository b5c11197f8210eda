import Contracts
import Language
import Values

/// A registered person as the store keeps her; sealed at rest.
struct PersonRecord: Sendable, Hashable {
    let id: String
    var givenName: String
    var familyName: String
    var birthDate: CalendarDate
    var email: String
    var phone: String?
    var language: Language

    var fullName: String { card.fullName }
    var card: PersonCard {
        PersonCard(id: id, givenName: givenName, familyName: familyName, birthDate: birthDate, email: email, phone: phone, language: language)
    }

    var json: JSON {
        .members([
            "givenName": .string(givenName), "familyName": .string(familyName), "birthDate": .string("\(birthDate)"), "email": .string(email),
            "phone": phone.map(JSON.string), "language": .string(language.rawValue),
        ])
    }
}

extension PersonRecord {
    init?(id: String, json: JSON) {
        guard let given = json["givenName"]?.string, let family = json["familyName"]?.string, let email = json["email"]?.string,
            let birth = json["birthDate"]?.string.flatMap({ CalendarDate($0) })
        else { return nil }
        self.init(
            id: id, givenName: given, familyName: family, birthDate: birth, email: email, phone: json["phone"]?.string,
            language: json["language"]?.string.flatMap { Language(rawValue: $0) } ?? .standard)
    }
}
