import Values

/// On which days offices work: the days of the week, and the public holidays by their dates, as data.
struct WorkingCalendar: Sendable {
    /// 0 = Sunday … 6 = Saturday.
    let workdays: Set<Int>
    let daysOff: Set<CalendarDate>

    private static let weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]

    /// Reads `working-calendar.json`. Throws `DeliveryError.malformedCalendar` naming what is wrong.
    init(json: JSON) throws(DeliveryError) {
        guard let names = json["workdays"]?.array, !names.isEmpty else { throw .malformedCalendar("workdays") }
        var workdays: Set<Int> = []
        for name in names {
            guard let day = name.string.flatMap(WorkingCalendar.weekdays.firstIndex) else { throw .malformedCalendar("workdays: \(name.text)") }
            workdays.insert(day)
        }
        guard let holidays = json["daysOff"]?.array else { throw .malformedCalendar("daysOff") }
        var daysOff: Set<CalendarDate> = []
        for (index, holiday) in holidays.enumerated() {
            guard let dates = holiday["dates"]?.array else { throw .malformedCalendar("daysOff/\(index)/dates") }
            for text in dates {
                guard let date = text.string.flatMap({ CalendarDate($0) }) else { throw .malformedCalendar("daysOff/\(index): \(text.text)") }
                daysOff.insert(date)
            }
        }
        (self.workdays, self.daysOff) = (workdays, daysOff)
    }

    func isWorking(_ date: CalendarDate) -> Bool { workdays.contains(date.weekday) && !daysOff.contains(date) }

    /// The day this many working days after another.
    func date(_ workingDays: Int, after start: CalendarDate) -> CalendarDate {
        var (date, left) = (start, workingDays)
        while left > 0 {
            date = date.adding(days: 1)
            if isWorking(date) { left -= 1 }
        }
        return date
    }

    /// Working days from one date to another; 0 when that is not later.
    func workingDays(from start: CalendarDate, until end: CalendarDate) -> Int {
        var (date, count) = (start, 0)
        while date < end {
            date = date.adding(days: 1)
            if isWorking(date) { count += 1 }
        }
        return count
    }
}
