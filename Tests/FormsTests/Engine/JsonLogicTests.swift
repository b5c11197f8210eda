@testable import Forms
import Testing
import Values

/// Examples from jsonlogic.com and its test file, one per line: rule, data, expected.
@Suite struct JsonLogicTests {
    static let examples = """
        [{"==":[1,1]}, null, true]
        [{"==":[1,"1"]}, null, true]
        [{"==":[1,2]}, null, false]
        [{"===":[1,"1"]}, null, false]
        [{"===":[1,1.0]}, null, true]
        [{"!=":[1,2]}, null, true]
        [{"!=":[1,"1"]}, null, false]
        [{"!==":[1,"1"]}, null, true]
        [{">":[2,1]}, null, true]
        [{">":["2",1]}, null, true]
        [{">=":[1,1]}, null, true]
        [{"<":[2,1]}, null, false]
        [{"<":[1,2,3]}, null, true]
        [{"<":[1,1,3]}, null, false]
        [{"<=":[1,1,3]}, null, true]
        [{"<=":[1,4,3]}, null, false]
        [{"!":[false]}, null, true]
        [{"!":false}, null, true]
        [{"!":["0"]}, null, false]
        [{"!!":[[]]}, null, false]
        [{"!!":["0"]}, null, true]
        [{"or":[false,"a"]}, null, "a"]
        [{"or":[false,0,"a"]}, null, "a"]
        [{"and":[true,"",3]}, null, ""]
        [{"and":[1,3]}, null, 3]
        [{"?:":[true,1,2]}, null, 1]
        [{"in":["Spring","Springfield"]}, null, true]
        [{"in":["i","team"]}, null, false]
        [{"in":["Bart",["Bart","Homer"]]}, null, true]
        [{"cat":["ice"," ","cream"]}, null, "ice cream"]
        [{"cat":[1,true,null]}, null, "1truenull"]
        [{"cat":[[1,[2,3]]]}, null, "1,2,3"]
        [{"substr":["jsonlogic",4]}, null, "logic"]
        [{"substr":["jsonlogic",-5]}, null, "logic"]
        [{"substr":["jsonlogic",0,1]}, null, "j"]
        [{"substr":["jsonlogic",-1,1]}, null, "c"]
        [{"substr":["jsonlogic",4,5]}, null, "logic"]
        [{"substr":["jsonlogic",-5,-2]}, null, "log"]
        [{"substr":["jsonlogic",1,-5]}, null, "son"]
        [{"%":[1,2]}, null, 1]
        [{"%":[3,2]}, null, 1]
        [{"%":[3,0]}, null, null]
        [{"max":[1,2,3]}, null, 3]
        [{"min":[1,3,1.5]}, null, 1]
        [{"max":[]}, null, null]
        [{"+":[1,2]}, null, 3]
        [{"+":[2,2,2]}, null, 6]
        [{"+":["1",1]}, null, 2]
        [{"+":"3.14"}, null, 3.14]
        [{"+":"12 shekels"}, null, 12]
        [{"*":[3,2]}, null, 6]
        [{"-":[2,3]}, null, -1]
        [{"-":[3]}, null, -3]
        [{"/":[4,2]}, null, 2]
        [{"/":[2,4]}, null, 0.5]
        [{"/":[1,0]}, null, null]
        [{"var":["a"]}, {"a":1}, 1]
        [{"var":"a.b"}, {"a":{"b":2}}, 2]
        [{"var":["b",9]}, {"a":1}, 9]
        [{"var":1}, ["apple","banana"], "banana"]
        [{"var":""}, 1, 1]
        [{"var":"a.b.c"}, null, null]
        [{"var":"list.1.x"}, {"list":[{"x":1},{"x":2}]}, 2]
        [{"missing":["a","b"]}, {"a":"apple","c":"carrot"}, ["b"]]
        [{"missing":["a.b"]}, {"a":{"b":""}}, ["a.b"]]
        [{"missing":{"merge":["vin",{"if":[{"var":"financing"},["apr"],[]]}]}}, {"financing":true}, ["vin","apr"]]
        [{"missing_some":[1,["a","b","c"]]}, {"a":"apple"}, []]
        [{"missing_some":[2,["a","b","c"]]}, {"a":"apple"}, ["b","c"]]
        [{"if":[]}, null, null]
        [{"if":["apple"]}, null, "apple"]
        [{"if":[false,"apple","banana"]}, null, "banana"]
        [{"if":[[],"apple","banana"]}, null, "banana"]
        [{"if":["0","apple","banana"]}, null, "apple"]
        [{"if":[false,"a",false,"b",false,"c","d"]}, null, "d"]
        [{"if":[false,"a",true,"b",true,"c","d"]}, null, "b"]
        [{"if":[{"+":"0"},"apple","banana"]}, null, "banana"]
        [{"merge":[[1],[2,3],4]}, null, [1,2,3,4]]
        [{"merge":1}, null, [1]]
        [{"filter":[{"var":"n"},{">=":[{"var":""},2]}]}, {"n":[1,2,3]}, [2,3]]
        [{"map":[{"var":"n"},{"*":[{"var":""},2]}]}, {"n":[1,2,3]}, [2,4,6]]
        [{"map":[{"var":"missing"},1]}, {}, []]
        [{"reduce":[{"var":"n"},{"+":[{"var":"current"},{"var":"accumulator"}]},0]}, {"n":[1,2,3,4]}, 10]
        [{"reduce":[{"var":"p"},{"+":[{"var":"accumulator"},{"var":"current.qty"}]},0]}, {"p":[{"qty":1},{"qty":4}]}, 5]
        [{"all":[[1,2,3],{">":[{"var":""},0]}]}, null, true]
        [{"all":[[],{">":[{"var":""},0]}]}, null, false]
        [{"some":[[-1,0,1],{">":[{"var":""},0]}]}, null, true]
        [{"none":[[-3,-2],{">":[{"var":""},0]}]}, null, true]
        [{"none":[[],true]}, null, true]
        [{"and":[{"<":[{"var":"temp"},110]},{"==":[{"var":"pie.filling"},"apple"]}]}, {"temp":100,"pie":{"filling":"apple"}}, true]
        [["a",{"var":"x"}], {"x":1}, ["a",1]]
        [{"<":["a","b"]}, null, true]
        [{"==":[null,0]}, null, false]
        [{"==":["",0]}, null, true]
        [{"==":[[],false]}, null, true]
        """

    @Test func publishedExamples() throws {
        for line in JsonLogicTests.examples.split(separator: "\n") {
            let parts = try #require(try JSON.parse(String(line)).array)
            #expect(try JsonLogic(parts[0]).value(for: parts[1]) == parts[2], "\(line)")
        }
    }

    @Test func unknownOperationsAreRefused() {
        #expect(throws: JsonLogicError.unknownOperation("fubar")) { try JsonLogic(["fubar": []]).value(for: .null) }
        #expect(throws: JsonLogicError.unknownOperation("method")) { try JsonLogic(["method": ["abc", "length"]]).value(for: .null) }
    }

    @Test func evaluationIsBounded() {
        var deep: JSON = 1
        for _ in 0..<200 { deep = ["!": [deep]] }
        #expect(throws: JsonLogicError.tooDeep) { try JsonLogic(deep).value(for: .null) }

        // Four loops inside one another over a hundred entries would be a hundred million steps.
        let list = JSON.array((0..<100).map { JSON.int($0) })
        var rule: JSON = ["var": ""]
        for _ in 0..<4 { rule = ["map": [list, rule]] }
        #expect(throws: JsonLogicError.tooManySteps) { try JsonLogic(rule).value(for: .null) }

        // Each step doubles the text.
        let doubling: JSON = ["reduce": [list, ["cat": [["var": "accumulator"], ["var": "accumulator"]]], "x"]]
        #expect(throws: JsonLogicError.tooLarge) { try JsonLogic(doubling).value(for: .null) }
    }

    @Test func extremeNumbersNeverTrap() throws {
        let extremes: [JSON] = [.int(.max), .int(.min), .double(1e308), .double(-1e308), 0, "9999999999999999999", "", [], .null, "x"]
        for name in JsonLogic.operations.sorted() {
            for left in extremes { for right in extremes { _ = try? JsonLogic(.object([name: [left, right, left]])).value(for: [left, right]) } }
        }
        #expect(try JsonLogic(["substr": ["abc", .int(.min), .int(.min)]]).value(for: .null) == "")
    }
}

