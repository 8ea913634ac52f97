"""Swedish as public-sector pages write it: days, people with their roles, places and organisations. Pure.

Its modules are named where they are used: who reads a page needs days and nothing else, and starts without the lists.
"""
