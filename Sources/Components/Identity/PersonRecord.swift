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

    /// What must not make up her password.
    var personal: [String] {
        PersonalTexts.of(number: nil, givenName: givenName, familyName: familyName, birthDate: birthDate, email: email, phone: phone)
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

/// What others may know of somebody and try in a password.
enum PersonalTexts {
    static func of(
        number: String?, givenName: String?, familyName: String?, birthDate: CalendarDate?, email: String?, phone: String?
    ) -> [String] {
        let mailbox = email.flatMap { $0.split(separator: "@").first.map(String.init) }
        let birth = birthDate.map { date -> [String] in
            let parts = date.description.split(separator: "-").map(String.init)
            return [parts.joined(), parts.reversed().joined(), parts[0]]
        }
        return [number, mailbox, phone, givenName, familyName].compactMap(\.self) + (birth ?? [])
    }
}
