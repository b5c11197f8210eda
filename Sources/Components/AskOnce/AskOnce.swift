// AskOnce
