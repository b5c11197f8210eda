@testable import Delivery
import Language
import Testing
import Values

@Suite struct LegsTests {
    private func bodies(_ answers: JSON) throws -> [String] {
        let (types, type) = (try demoTypes(), try demoTypes().type(form: "business-licence"))
        return try #require(type.legs).approvers(for: answers, by: types.licensing).map(\.bodyID)
    }

    @Test(arguments: ["alcohol", "afterMidnight", "liveMusic"])
    func whatTheFormAsksBringsThePoliceIn(_ answer: String) throws {
        let premises: JSON = ["kind": "בית קפה/מסעדה", "area": 60]
        #expect(try bodies(["premises": premises, "activity": [answer: true]]) == ["police", "health"])
        #expect(try bodies(["premises": premises, "activity": [answer: false]]) == ["health"])
        #expect(try bodies(["premises": premises]) == ["health"])
    }

    @Test func aKindThatTheOrderDoesNotNameGoesToEverybody() throws {
        #expect(try bodies(["premises": ["kind": "אין כזה", "area": 60]]).count == LicensingRules.columns.count)
    }

    @Test func aBodySeesBusinessAndPlaceAndWhatItNeeds() throws {
        let legs = try #require(try demoTypes().type(form: "business-licence").legs)
        #expect(legs.places(seenBy: "agriculture").map(\.description) == ["/business", "/premises"])
        #expect(legs.places(seenBy: "police").map(\.description).contains("/activity"))
        #expect(legs.places(seenBy: "nobody").isEmpty)
        let hidden = ["", "/applicant", "/contact", "/planner"]
        for approver in legs.approvers { #expect(!approver.sees.contains { hidden.contains($0.description) }) }
    }

    /// The form's kinds that need a licence all say for how long it is valid.
    @Test func everyKindThatNeedsApprovalsHasItsYears() throws {
        for rule in try demoTypes().licensing.rules where !rule.approvals.isEmpty { #expect(rule.years != nil, "\(rule.kind)") }
    }
}

@Suite struct CaseTypeReadingTests {
    private func broken(_ change: (inout JSON) -> Void) throws -> String {
        guard var type = try json("case-types.json").array?.last else { return "" }
        change(&type)
        do {
            _ = try CaseType.read(type)
            return "no error"
        } catch let error as DeliveryError {
            guard case .malformedCaseType(let reason) = error else { return "\(error)" }
            return reason
        }
    }

    @Test func whatIsWrongIsNamed() throws {
        func set(_ pointer: String, _ value: JSON?) throws -> String { try broken { $0.set(value, at: JSONPointer(pointer)!) } }
        #expect(try set("/fee/stage", "nowhere").contains("nowhere"))
        #expect(try set("/legs/stage", "decided").contains("decided"))
        #expect(try set("/queue", "nowhere").contains("nowhere"))
        #expect(try set("/fee/stage", "approvals").contains("fee"))
        #expect(try set("/legs/bodies/navy", ["body": "navy"]).contains("navy"))
        #expect(try set("/legs/bodies/police/body", nil).contains("police"))
        #expect(try set("/legs/bodies/police/alsoWhen/0/is", nil).contains("alsoWhen"))
        #expect(try set("/legs/sees/0", "business").contains("business"))
        #expect(try set("/law", nil).contains("law"))
    }

    @Test func aCaseKeepsTheVersionItWasOpenedUnder() throws {
        let rows = try #require(try json("case-types.json").array)
        var newer = rows[0]
        newer.set(2, at: JSONPointer("/version")!)
        newer.set(99, at: JSONPointer("/workingDays")!)
        let types = try CaseTypes(
            caseTypes: .array(rows + [newer]), licensingRules: json("business-licensing-rules.json"), workingCalendar: json("working-calendar.json"))
        #expect(try types.type(form: "municipal-tax-discount-student").workingDays == 99)
        #expect(try types.type(of: aCase(stage: "received", type: "municipal-tax-discount-student")).workingDays == 30)
        #expect(throws: DeliveryError.self) {
            try CaseTypes(
                caseTypes: .array(rows + [rows[0]]), licensingRules: json("business-licensing-rules.json"), workingCalendar: json("working-calendar.json"))
        }
    }

    @Test func anAddressFallsBackToTheRegisteredOne() throws {
        let line = try #require(try demoTypes().type(form: "municipal-tax-discount-student").paperLines.first)
        #expect(line.line(Samples.student, .he)?.1 == "הרצל 12 חיפה")
        let other: JSON = ["applicant": Samples.student["applicant"] ?? .null, "property": ["street": "אלנבי", "house": "5"]]
        #expect(line.line(other, .he)?.1 == "אלנבי 5")
        #expect(line.line([:], .he) == nil)
    }
}

@Suite struct WorkingCalendarTests {
    private func calendar() throws -> WorkingCalendar { try demoTypes().calendar }

    @Test func skipsFridaysSaturdaysAndHolidays() throws {
        let thursday = try #require(CalendarDate("2026-11-26"))
        #expect(try calendar().date(1, after: thursday).description == "2026-11-29")
        #expect(try calendar().date(6, after: thursday).description == "2026-12-06")
        #expect(try calendar().date(0, after: thursday) == thursday)
        // Rosh Hashanah 5787 is on Saturday and Sunday, 12 and 13 September 2026.
        let before = try #require(CalendarDate("2026-09-10"))
        #expect(try calendar().date(1, after: before).description == "2026-09-14")
    }

    @Test func countingAndAddingAgree() throws {
        let (calendar, start) = (try calendar(), try #require(CalendarDate("2026-09-01")))
        for days in 0...60 { #expect(calendar.workingDays(from: start, until: calendar.date(days, after: start)) == days) }
    }

    @Test func whatIsWrongIsNamed() {
        let good: JSON = ["workdays": ["sunday"], "daysOff": [["dates": ["2026-04-02"]]]]
        #expect(throws: Never.self) { try WorkingCalendar(json: good) }
        let wrong: [(JSON, String)] = [
            ([:], "workdays"), (["workdays": [], "daysOff": []], "workdays"), (["workdays": ["someday"], "daysOff": []], "someday"),
            (["workdays": ["sunday"]], "daysOff"), (["workdays": ["sunday"], "daysOff": [[:]]], "daysOff/0"),
            (["workdays": ["sunday"], "daysOff": [["dates": ["2026-02-30"]]]], "2026-02-30"),
        ]
        for (json, reason) in wrong {
            #expect { try WorkingCalendar(json: json) } throws: { error in
                if case DeliveryError.malformedCalendar(let text) = error { text.contains(reason) } else { false }
            }
        }
    }

    @Test func yearsEndOnTheDayBefore() throws {
        #expect(try #require(CalendarDate("2026-11-26")).lastDay(ofYears: 10).description == "2036-11-25")
        #expect(try #require(CalendarDate("2028-02-29")).lastDay(ofYears: 1).description == "2029-02-28")
        #expect(try #require(CalendarDate("2026-01-01")).lastDay(ofYears: 5).description == "2030-12-31")
    }
}
