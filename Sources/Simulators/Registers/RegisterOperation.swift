import Database
import Values

/// One thing a register answers: its name in agreements, its path, what it takes, what it gives.
struct RegisterOperation: Sendable {
    /// `register.operation`
    let id: String
    let path: String
    let summary: String
    /// JSON Schema of what is sent: an object of texts.
    let parameters: JSON
    let answer: JSON
    /// Nil when the register knows nothing by these parameters.
    let run: @Sendable (_ parameters: JSON, RegistersStore, any Connection) throws -> JSON?
}

/// Schemas of what operations take and give.
enum Shape {
    static let number: JSON = ["type": "string", "pattern": "^[0-9]{9}$", "description": "Eight digits and a check digit"]
    static let date: JSON = ["type": "string", "format": "date"]
    static let text: JSON = ["type": "string", "maxLength": 200]
    static let flag: JSON = ["type": "boolean"]

    static func object(_ properties: [String: JSON], required: [String]) -> JSON {
        ["type": "object", "properties": .object(properties), "required": .strings(required)]
    }

    static func parameters(_ properties: [String: JSON], required: [String]) -> JSON {
        var schema = object(properties, required: required)
        schema["additionalProperties"] = false
        return schema
    }

    static let byNumber = parameters(["nationalNumber": number], required: ["nationalNumber"])
    static let match = object(["matches": flag], required: ["matches"])
    static let address = object(
        [
            "localityCode": ["type": "integer"], "locality": text, "localityLatin": text, "street": text, "streetLatin": text,
            "house": text,
            "apartment": text, "since": date,
        ], required: ["localityCode", "locality", "since"])
    static let relative = object(
        ["nationalNumber": number, "givenName": text, "familyName": text, "birthDate": date, "sex": text],
        required: ["nationalNumber", "givenName", "familyName", "birthDate", "sex"])

    static func list(_ items: JSON) -> JSON { ["type": "array", "items": items] }

    static let paper: JSON = ["type": "string", "enum": ["passport", "permit"]]
    static let paperNumber: JSON = [
        "type": "string", "pattern": "^([A-Z]{2}-[A-Z0-9]{5,12}|F[0-9]{8})$",
        "description": "A passport with its country (ISO 3166-1 alpha-2), such as PH-P6000001A, or a permit",
    ]
}

extension RegisterOperation {
    static let all: [RegisterOperation] = [
        personDetails, personCheck, insuredAddress, addressCheck, studyStatus, businessDetails, ofSignatory,
        foreignerCheck, foreignerDetails, foreignInsuredCheck, licencesOfPerson,
    ]

    private static func number(_ parameters: JSON) -> String { parameters["nationalNumber"]?.string ?? "" }

    private static let personDetails = RegisterOperation(
        id: "population.person", path: "/population/person", summary: "A resident: names, dates, address, family",
        parameters: Shape.byNumber,
        answer: Shape.object(
            [
                "nationalNumber": Shape.number, "givenName": Shape.text, "givenNameLatin": Shape.text, "familyName": Shape.text,
                "familyNameLatin": Shape.text, "sex": ["type": "string", "enum": ["female", "male"]], "birthDate": Shape.date,
                "maritalStatus": ["type": "string", "enum": ["single", "married", "divorced", "widowed"]], "immigrationDate": Shape.date,
                "cardIssueDate": Shape.date, "address": Shape.address, "spouse": Shape.relative, "parents": Shape.list(Shape.relative),
                "children": Shape.list(Shape.relative),
            ], required: ["nationalNumber", "givenName", "familyName", "birthDate", "maritalStatus", "address", "children"])
    ) { parameters, store, connection in try store.person(number(parameters), in: connection) }

    private static let personCheck = RegisterOperation(
        id: "population.check", path: "/population/check", summary: "Whether number, birth date and the card's issue date belong together",
        parameters: Shape.parameters(
            ["nationalNumber": Shape.number, "birthDate": Shape.date, "cardIssueDate": Shape.date],
            required: ["nationalNumber", "birthDate", "cardIssueDate"]),
        answer: Shape.match
    ) { parameters, store, connection in
        let matches = try store.matches(
            number: number(parameters), birthDate: parameters["birthDate"]?.string ?? "",
            cardIssueDate: parameters["cardIssueDate"]?.string ?? "",
            in: connection)
        return ["matches": .bool(matches)]
    }

    private static let insuredAddress = RegisterOperation(
        id: "addresses.insured", path: "/addresses/insured", summary: "The address at which National Insurance writes to an insured person",
        parameters: Shape.byNumber,
        answer: Shape.object(
            ["nationalNumber": Shape.number, "birthDate": Shape.date, "address": Shape.address],
            required: ["nationalNumber", "birthDate", "address"])
    ) { parameters, store, connection in try store.insured(number(parameters), in: connection) }

    /// All values given must be right. At least one beside the number is asked for.
    private static let addressCheck = RegisterOperation(
        id: "addresses.check", path: "/addresses/check", summary: "Whether birth date and address are those National Insurance holds",
        parameters: {
            var schema = Shape.parameters(
                [
                    "nationalNumber": Shape.number, "birthDate": Shape.date, "localityCode": ["type": "string", "pattern": "^[0-9]{1,5}$"],
                    "street": Shape.text, "house": Shape.text,
                ], required: ["nationalNumber"])
            schema["minProperties"] = 2
            return schema
        }(),
        answer: Shape.match
    ) { parameters, store, connection in
        guard let held = try store.insured(number(parameters), in: connection) else { return ["matches": false] }
        return ["matches": .bool(AddressComparison.agrees(parameters, with: held))]
    }

    private static let studyStatus = RegisterOperation(
        id: "students.status", path: "/students/status", summary: "Where and what a student studies this academic year",
        parameters: Shape.byNumber,
        answer: Shape.object(
            [
                "nationalNumber": Shape.number, "institutionID": Shape.text, "institution": Shape.text, "institutionEnglish": Shape.text,
                "programme": Shape.text, "programmeEnglish": Shape.text, "degree": Shape.text, "yearOfStudy": ["type": "integer"],
                "fullTime": Shape.flag, "active": Shape.flag, "academicYear": Shape.text, "academicYearHebrew": Shape.text,
                "since": Shape.date,
            ], required: ["nationalNumber", "institutionID", "yearOfStudy", "fullTime", "active", "academicYear"])
    ) { parameters, store, connection in try store.student(number(parameters), in: connection) }

    private static let businessDetails = RegisterOperation(
        id: "businesses.business", path: "/businesses/business", summary: "A business: name, form, activity, address, who signs for it",
        parameters: Shape.parameters(["businessNumber": Shape.number], required: ["businessNumber"]),
        answer: Shape.object(
            [
                "number": Shape.number, "name": Shape.text,
                "legalForm": ["type": "string", "enum": ["company", "sole-trader", "partnership"]],
                "activity": Shape.object(["id": Shape.text, "he": Shape.text, "en": Shape.text], required: ["id"]),
                "status": ["type": "string", "enum": ["active", "dissolving", "closed"]], "since": Shape.date, "address": Shape.address,
                "signatories": Shape.list(
                    Shape.object(
                        ["nationalNumber": Shape.number, "givenName": Shape.text, "familyName": Shape.text, "role": Shape.text],
                        required: ["nationalNumber", "role"])),
            ], required: ["number", "name", "legalForm", "status", "since", "signatories"])
    ) { parameters, store, connection in try store.business(parameters["businessNumber"]?.string ?? "", in: connection) }

    private static let ofSignatory = RegisterOperation(
        id: "businesses.ofSignatory", path: "/businesses/of-signatory", summary: "The businesses a person may sign for",
        parameters: Shape.byNumber,
        answer: Shape.object(
            [
                "businesses": Shape.list(
                    Shape.object(
                        ["number": Shape.number, "name": Shape.text, "legalForm": Shape.text, "status": Shape.text, "role": Shape.text],
                        required: ["number", "name", "legalForm", "status", "role"]))
            ], required: ["businesses"])
    ) { parameters, store, connection in
        let businesses = try store.businesses(ofSignatory: number(parameters), in: connection)
        return businesses.isEmpty ? nil : ["businesses": .array(businesses)]
    }

    private static let licencesOfPerson = RegisterOperation(
        id: "professions.ofPerson", path: "/professions/of-person", summary: "The health professions for which a person is licensed",
        parameters: Shape.byNumber,
        answer: Shape.object(
            [
                "licences": Shape.list(
                    Shape.object(
                        [
                            "profession": Shape.text, "number": Shape.text, "status": ["type": "string", "enum": ["valid", "suspended"]],
                            "since": Shape.date, "until": Shape.date,
                        ], required: ["profession", "number", "status", "since", "until"]))
            ], required: ["licences"])
    ) { parameters, store, connection in
        let licences = try store.licences(of: number(parameters), in: connection)
        return licences.isEmpty ? nil : ["licences": .array(licences)]
    }

    // MARK: People with a permit

    private static func paper(_ parameters: JSON) -> (kind: String, number: String) {
        (parameters["paper"]?.string ?? "", parameters["number"]?.string ?? "")
    }

    private static let foreignerCheck = RegisterOperation(
        id: "foreigners.check", path: "/foreigners/check", summary: "Whether a passport or permit, birth date and the paper's issue date belong together",
        parameters: Shape.parameters(
            ["paper": Shape.paper, "number": Shape.paperNumber, "birthDate": Shape.date, "issueDate": Shape.date],
            required: ["paper", "number", "birthDate", "issueDate"]),
        answer: Shape.match
    ) { parameters, store, connection in
        let paper = paper(parameters)
        let matches = try store.foreignerMatches(
            paper.kind, number: paper.number, birthDate: parameters["birthDate"]?.string ?? "", issueDate: parameters["issueDate"]?.string ?? "",
            in: connection)
        return ["matches": .bool(matches)]
    }

    private static let foreignerDetails = RegisterOperation(
        id: "foreigners.person", path: "/foreigners/person", summary: "Who lives here with a permit: names, papers, dates",
        parameters: Shape.parameters(["paper": Shape.paper, "number": Shape.paperNumber], required: ["paper", "number"]),
        answer: Shape.object(
            [
                "permit": Shape.paperNumber, "passport": Shape.paperNumber, "givenName": Shape.text, "givenNameLatin": Shape.text,
                "familyName": Shape.text, "familyNameLatin": Shape.text, "sex": ["type": "string", "enum": ["female", "male"]],
                "birthDate": Shape.date, "entryDate": Shape.date,
            ], required: ["permit", "passport", "givenName", "familyName", "birthDate", "entryDate"])
    ) { parameters, store, connection in
        let paper = paper(parameters)
        return try store.foreigner(paper.kind, number: paper.number, in: connection)
    }

    private static let foreignInsuredCheck = RegisterOperation(
        id: "foreignInsured.check", path: "/foreign-insured/check", summary: "Whether whoever has a passport or permit lives where National Insurance says",
        parameters: Shape.parameters(
            ["paper": Shape.paper, "number": Shape.paperNumber, "localityCode": ["type": "string", "pattern": "^[0-9]{1,5}$"]],
            required: ["paper", "number", "localityCode"]),
        answer: Shape.match
    ) { parameters, store, connection in
        let paper = paper(parameters)
        let matches = try store.foreignInsuredMatches(
            paper.kind, number: paper.number, localityCode: parameters["localityCode"]?.string ?? "", in: connection)
        return ["matches": .bool(matches)]
    }
}
