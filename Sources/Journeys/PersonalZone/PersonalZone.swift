// PersonalZone
