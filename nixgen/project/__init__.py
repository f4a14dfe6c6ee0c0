"""nixgen.project"""
