@testable import Delivery
import Foundation
import Language
import Testing
import Values

private let data = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../Data"

func json(_ name: String) throws -> JSON {
    try JSON.parse(Array(try Data(contentsOf: URL(fileURLWithPath: "\(data)/\(name)"))))
}

func demoTypes() throws -> CaseTypes {
    try CaseTypes(
        caseTypes: json("case-types.json"), licensingRules: json("business-licensing-rules.json"), workingCalendar: json("working-calendar.json"))
}

func aCase(stage: String, state: Case.State = .open, parent: String? = nil, type: String = "business-licence") -> Case {
    Case(
        subjectID: "s", id: UUIDv7.next(), number: "ZM-2611-000000-1", typeID: type, typeVersion: 1, serviceID: "business-licence-cafe",
        submissionID: UUIDv7.next(),
        parentID: parent, bodyID: "municipality-haifa", language: .he, applicantID: "s", stage: stage, state: state, result: nil, assignedTo: nil,
        openedAt: Instant(seconds: 1_795_000_000), promisedOn: CalendarDate("2026-12-20")!, closedAt: nil)
}

@Suite struct CaseNumberTests {
    @Test func whatIsMadeIsReadBackHoweverItIsTyped() throws {
        let date = try #require(CalendarDate("2026-11-23"))
        for _ in 0..<500 {
            let number = CaseNumber.make(on: date)
            #expect(CaseNumber.parse(number) == number)
            #expect(CaseNumber.parse(number.lowercased().filter { $0 != "-" }) == number)
            #expect(CaseNumber.parse(" \u{2066}\(number)\u{2069} ") == number)
        }
    }

    /// Every single wrong character and every swap of neighbours, the year, the month and the check character among them.
    @Test func aWrongCharacterOrASwapOfNeighboursShows() throws {
        let date = try #require(CalendarDate("2026-11-23"))
        for seed in UInt32(0)..<200 {
            let number = Array(CaseNumber.make(on: date, random: seed &* 2_654_435_761))
            let places = number.indices.filter { $0 > 2 && number[$0] != "-" }
            for (place, index) in places.enumerated() {
                for other in CaseNumber.alphabet where other != number[index] {
                    var wrong = number
                    wrong[index] = other
                    #expect(CaseNumber.parse(String(wrong)) == nil)
                }
                guard place > 0, number[index] != number[places[place - 1]] else { continue }
                var swapped = number
                swapped.swapAt(index, places[place - 1])
                #expect(CaseNumber.parse(String(swapped)) == nil)
            }
        }
    }

    @Test func theSampleInTheContractIsOne() { #expect(CaseNumber.parse("ZM-2611-7K3FQ2-B") == "ZM-2611-7K3FQ2-B") }

    @Test(arguments: ["", "ZM", "ZM-2611-000000", "XX-2611-000000-0", "ZM-2611-00000U-0", "ZM-2611-0000000-0", "שלום"])
    func refuses(_ text: String) { #expect(CaseNumber.parse(text) == nil) }
}

@Suite struct LicensingRulesTests {
    @Test func aSmallCafeNeedsHealthAloneAndALargeOnePoliceAndFireToo() throws {
        let rules = try demoTypes().licensing
        #expect(rules.rule(kind: "בית קפה/מסעדה", area: 60)?.approvals == ["sanitation"])
        #expect(rules.rule(kind: "בית קפה/מסעדה", area: 800)?.approvals == ["sanitation", "fire-dept", "police"])
        #expect(rules.rule(kind: "אין כזה", area: 10) == nil)
    }

    @Test func everyKindHasARuleForEveryArea() throws {
        let rules = try demoTypes().licensing
        #expect(rules.rules.count > 90)
        for kind in Set(rules.rules.map(\.kind)) {
            for area in [0, 1, 50, 500, 5_000] as [Double] { #expect(rules.rule(kind: kind, area: area) != nil) }
        }
    }
}

@Suite struct CaseMoveTests {
    private let now = Instant(seconds: 1_795_500_000)
    private let promise = CalendarDate(daysSince1970: 21_000)
    private func licence() throws -> CaseType { try demoTypes().type(form: "business-licence") }

    @Test func aLicenceGoesFromFeeToApprovalsToDecision() throws {
        let type = try licence()
        var item = aCase(stage: "payment", state: .waiting)
        item = try CaseMove.pay(promisedOn: promise).apply(to: item, of: type, at: now)
        #expect(item.stage == "approvals" && item.state == .open && item.promisedOn == promise)
        #expect(throws: DeliveryError.legsOpen) { try CaseMove.decide(.approved, legs: [.approved]).apply(to: item, of: type, at: now) }
        item = try CaseMove.legsDecided.apply(to: item, of: type, at: now)
        #expect(item.stage == "decision")
        #expect(throws: DeliveryError.legRefused) { try CaseMove.decide(.approved, legs: [.approved, .refused]).apply(to: item, of: type, at: now) }
        item = try CaseMove.decide(.approved, legs: [.approved]).apply(to: item, of: type, at: now)
        #expect(item.state == .closed && item.result == .approved && item.stage == "decided" && item.closedAt == now)
    }

    /// Whatever is done in whatever order, a closed case never changes, none is decided while its legs are open, and none is approved while it waits.
    @Test func noOrderOfMovesBreaksTheRules() throws {
        let type = try licence()
        let moves: [CaseMove] = [
            .pay(promisedOn: promise), .take(by: "o"), .ask, .answer, .legsDecided, .decide(.approved, legs: [.approved, .refused]),
            .decide(.refused, legs: []), .decide(.withdrawn, legs: []), .lapse,
        ]
        var generator = SplitMix(state: 42)
        for _ in 0..<3_000 {
            var item = aCase(stage: "payment", state: .waiting)
            for _ in 0..<8 {
                let move = moves[Int(generator.next() % UInt64(moves.count))]
                guard let after = try? move.apply(to: item, of: type, at: now) else { continue }
                #expect(item.state != .closed)
                if case .decide = move {
                    #expect(item.state == .open || after.result == .refused)
                    #expect(item.stage == "decision")
                    #expect(after.result == .refused)
                }
                item = after
            }
        }
    }

    @Test func anUnpaidCaseLapsesAndAnOpenOneIsWithdrawn() throws {
        let type = try licence()
        let unpaid = try CaseMove.lapse.apply(to: aCase(stage: "payment", state: .waiting), of: type, at: now)
        #expect(unpaid.result == .lapsed && unpaid.state == .closed && unpaid.stage == "payment")
        #expect(throws: DeliveryError.notPossibleNow) { try CaseMove.lapse.apply(to: aCase(stage: "approvals"), of: type, at: now) }
        #expect(try CaseMove.withdraw.apply(to: aCase(stage: "approvals"), of: type, at: now).result == .withdrawn)
    }

    @Test func aLegMayAskAndOnlyWhatIsOpenIsLate() throws {
        let type = try licence()
        let leg = try CaseMove.ask.apply(to: aCase(stage: "approvals", parent: "p"), of: type, at: now)
        #expect(leg.state == .waiting)
        let after = leg.promisedOn.adding(days: 1)
        #expect(!leg.isLate(on: after) && aCase(stage: "approvals").isLate(on: after) && !aCase(stage: "approvals").isLate(on: leg.promisedOn))
    }

    @Test func aDiscountIsTakenAskedAnsweredAndRefused() throws {
        let type = try demoTypes().type(form: "municipal-tax-discount-student")
        var item = aCase(stage: "received", type: type.id)
        item = try CaseMove.take(by: "o").apply(to: item, of: type, at: now)
        #expect(item.stage == "review" && item.assignedTo == "o")
        item = try CaseMove.ask.apply(to: item, of: type, at: now)
        #expect(throws: DeliveryError.waitingForPerson) { try CaseMove.decide(.approved, legs: []).apply(to: item, of: type, at: now) }
        // Who does not answer may be refused.
        #expect(try CaseMove.decide(.refused, legs: []).apply(to: item, of: type, at: now).result == .refused)
        item = try CaseMove.answer.apply(to: item, of: type, at: now)
        item = try CaseMove.decide(.refused, legs: []).apply(to: item, of: type, at: now)
        #expect(throws: DeliveryError.alreadyDecided) { try CaseMove.ask.apply(to: item, of: type, at: now) }
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
