"""Of tables that people bring, how often is the form of the law found?"""
