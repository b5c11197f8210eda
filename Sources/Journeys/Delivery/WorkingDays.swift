import Values

extension CalendarDate {
    /// The day this many working days later. Offices work Sunday to Thursday.
    func adding(workingDays: Int) -> CalendarDate {
        var date = self
        var left = workingDays
        while left > 0 {
            date = date.adding(days: 1)
            if date.weekday <= 4 { left -= 1 }
        }
        return date
    }

    /// Working days from this date to another; 0 when that is not later.
    func workingDays(until other: CalendarDate) -> Int {
        var (date, count) = (self, 0)
        while date < other {
            date = date.adding(days: 1)
            if date.weekday <= 4 { count += 1 }
        }
        return count
    }
}
