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
    try CaseTypes(caseTypes: json("case-types.json"), licensingRules: json("business-licensing-rules.json"))
}

func aCase(stage: String, state: Case.State = .open, parent: String? = nil, type: String = "business-licence") -> Case {
    Case(
        subjectID: "s", id: UUIDv7.next(), number: "ZM-2611-000000-0", typeID: type, serviceID: "business-licence-cafe", submissionID: UUIDv7.next(),
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

    @Test func aWrongCharacterOrASwapOfNeighboursShows() throws {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        for seed in UInt32(0)..<200 {
            let number = Array(CaseNumber.make(on: try #require(CalendarDate("2026-11-23")), random: seed &* 2_654_435_761 >> 2))
            for index in 8..<14 {
                var wrong = number
                let place = try #require(alphabet.firstIndex(of: number[index]))
                wrong[index] = alphabet[(place + 1) % 32]
                // Two characters of the alphabet, 0 and Z, count alike modulo 31.
                if Set([wrong[index], number[index]]) != ["0", "Z"] { #expect(CaseNumber.parse(String(wrong)) == nil) }
                guard index > 8, number[index] != number[index - 1], Set([number[index], number[index - 1]]) != ["0", "Z"] else { continue }
                var swapped = number
                swapped.swapAt(index, index - 1)
                #expect(CaseNumber.parse(String(swapped)) == nil)
            }
        }
    }

    @Test(arguments: ["", "ZM", "ZM-2611-000000", "XX-2611-000000-0", "ZM-2611-00000U-0", "ZM-2611-0000000-0", "שלום"])
    func refuses(_ text: String) { #expect(CaseNumber.parse(text) == nil) }
}

@Suite struct WorkingDaysTests {
    @Test func skipFridayAndSaturday() throws {
        let thursday = try #require(CalendarDate("2026-11-26"))
        #expect(thursday.adding(workingDays: 1).description == "2026-11-29")
        #expect(thursday.adding(workingDays: 6).description == "2026-12-06")
        #expect(thursday.adding(workingDays: 0) == thursday)
    }

    @Test func countingAndAddingAgree() throws {
        let start = try #require(CalendarDate("2026-11-23"))
        for days in 0...60 { #expect(start.workingDays(until: start.adding(workingDays: days)) == days) }
    }
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
    private func licence() throws -> CaseType { try demoTypes().type(form: "business-licence") }

    @Test func aLicenceGoesFromFeeToApprovalsToDecision() throws {
        let type = try licence()
        var item = aCase(stage: "payment", state: .waiting)
        item = try CaseMove.pay.apply(to: item, of: type, at: now)
        #expect(item.stage == "approvals" && item.state == .open)
        #expect(throws: DeliveryError.legsOpen) { try CaseMove.decide(.approved).apply(to: item, of: type, at: now) }
        item = try CaseMove.legsDecided.apply(to: item, of: type, at: now)
        #expect(item.stage == "decision")
        item = try CaseMove.decide(.approved).apply(to: item, of: type, at: now)
        #expect(item.state == .closed && item.result == .approved && item.stage == "decided" && item.closedAt == now)
    }

    /// Whatever is done in whatever order, a closed case never changes, and none is decided while it waits or its legs are open.
    @Test func noOrderOfMovesBreaksTheRules() throws {
        let type = try licence()
        let moves: [CaseMove] = [.pay, .take(by: "o"), .ask, .answer, .legsDecided, .decide(.approved), .decide(.refused)]
        var generator = SplitMix(state: 42)
        for _ in 0..<3_000 {
            var item = aCase(stage: "payment", state: .waiting)
            for _ in 0..<8 {
                let move = moves[Int(generator.next() % UInt64(moves.count))]
                guard let after = try? move.apply(to: item, of: type, at: now) else { continue }
                #expect(item.state != .closed)
                if case .decide = move {
                    #expect(item.state == .open)
                    #expect(item.stage == "decision")
                }
                item = after
            }
        }
    }

    @Test func aDiscountIsTakenAskedAnsweredAndRefused() throws {
        let type = try demoTypes().type(form: "municipal-tax-discount-student")
        var item = aCase(stage: "received", type: type.id)
        item = try CaseMove.take(by: "o").apply(to: item, of: type, at: now)
        #expect(item.stage == "review" && item.assignedTo == "o")
        item = try CaseMove.ask.apply(to: item, of: type, at: now)
        #expect(throws: DeliveryError.waitingForPerson) { try CaseMove.decide(.refused).apply(to: item, of: type, at: now) }
        item = try CaseMove.answer.apply(to: item, of: type, at: now)
        item = try CaseMove.decide(.refused).apply(to: item, of: type, at: now)
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
