@testable import Spine
import Testing
import Values

@Suite struct MinimiserTests {
    private let person: JSON = [
        "givenName": "נועה", "familyName": "ברק", "address": ["street": "הגליל", "house": "27"],
        "children": [["givenName": "מאיה", "birthDate": "2013-05-21"], ["givenName": "איתי", "birthDate": "2017-10-06", "sex": "male"]],
    ]

    private func pass(_ pointers: String...) -> (value: JSON, dropped: Int) {
        Minimiser(pointers.map { JSONPointer($0)! }).pass(person)
    }

    @Test func onlyWhatIsNamedPasses() {
        #expect(pass("/givenName").value == ["givenName": "נועה"])
        #expect(pass("/givenName").dropped == 3)
        #expect(pass("/address/house").value == ["address": ["house": "27"]])
        #expect(pass("/children/*/birthDate").value == ["children": [["birthDate": "2013-05-21"], ["birthDate": "2017-10-06"]]])
        #expect(pass("/children/*/birthDate").dropped == 6)
    }

    /// What a register adds to an object one day must not pass by the name of the object.
    @Test func anObjectPassesByItsMembersOnly() {
        #expect(pass("/address").value == [:])
        #expect(pass("/address").dropped == 4)
        #expect(pass("/address", "/address/house").value == ["address": ["house": "27"]])
        #expect(pass("/children").value == [:])
        #expect(pass("/children/*").value == ["children": []])
        #expect(pass("").value == [:])
        let tags: JSON = ["tags": ["a", "b"], "rows": [["a"], "b"]]
        #expect(Minimiser([JSONPointer("/tags")!, JSONPointer("/rows")!]).pass(tags).value == ["tags": ["a", "b"]])
        #expect(Minimiser([JSONPointer("/rows/*")!]).pass(tags).value == ["rows": [["a"], "b"]])
    }

    @Test func whatIsNotThereAddsNothing() {
        #expect(pass("/taxes", "/address/zip").value == ["address": [:]])
        // Named as if it were an object or a list: nothing of it passes.
        #expect(pass("/givenName/first").value == [:])
        #expect(pass("/children/birthDate").value == [:])
        #expect(pass("/children/0/birthDate").value == [:])
    }

    /// For random values and random pointers: every leaf that passes is named, and every leaf that is named passes.
    @Test func leavesPassExactlyWhenNamed() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            var leaves: [JSONPointer: JSON] = [:]
            let value = random(3, [], &leaves, &generator)
            let named = Set(leaves.keys.filter { _ in Bool.random(using: &generator) })
            let (passed, _) = Minimiser(Array(named)).pass(value)
            for (pointer, leaf) in leaves {
                let expected: JSON? = named.contains(pointer) ? .some(leaf) : .none
                #expect(passed.value(at: pointer) == expected)
            }
        }
    }

    private func random(
        _ depth: Int, _ path: [String], _ leaves: inout [JSONPointer: JSON], _ generator: inout SystemRandomNumberGenerator
    ) -> JSON {
        var members: [String: JSON] = [:]
        for name in ["a", "b", "ג/~", ""].shuffled(using: &generator).prefix(Int.random(in: 1...3, using: &generator)) {
            if depth > 1, Bool.random(using: &generator) {
                members[name] = random(depth - 1, path + [name], &leaves, &generator)
            } else {
                let leaf = JSON.int(Int64.random(in: 0...9, using: &generator))
                members[name] = leaf
                leaves[JSONPointer(tokens: path + [name])] = leaf
            }
        }
        return .object(members)
    }
}
