enum SafeLanguagePlaceholder {}
